import type { JsonObject } from '../../base/json';
import type { Host } from '../../host';
import { allowanceFromJson, type Allowance } from '../../tools/policy/allowance';
import type { PolicyPlace } from '../../tools/policy/policy-place';
import type { PolicyRules } from '../../tools/policy/rules';
import type { WantedTools } from '../../tools/server-tool-names';
import type { ToolScope } from '../../tools/tool';
import type { ToolBox } from '../../tools/tool-box';
import type { AgentTask } from '../agent';
import type { AgentProfile } from '../profile/profile';
import type { ToolsOfAgent } from './agent-at-work';
import { wantedOfServers } from './offered-tools';
import { OneAtATime } from './one-at-a-time';

/** What agents need besides a model, so that they can touch anything. */
export interface AgentTools {
  readonly host: Host;
  /** The tools as things are set up now; of servers' tools those that are wanted. Rejects with `CancelledError` on abort. */
  readonly box: (signal: AbortSignal, wanted: WantedTools) => Promise<ToolBox>;
  /** The person's, narrowed by the workspace's. */
  readonly rules: () => Promise<PolicyRules>;
  /** Absolute folders that only Baton itself may change. */
  readonly ownFolders: readonly string[];
  /** Tools that need to know whose they are. */
  readonly toolsOf?: ToolsOfAgent;
  /** False while the folder is not trusted: then agents only read. Default: trusted. */
  readonly isTrusted?: () => boolean;
}

/** Where the agents of one attempt work. Those that one agent asks share it. */
export interface Workplace {
  readonly tools: AgentTools;
  readonly box: ToolBox;
  readonly rules: PolicyRules;
  readonly scope: ToolScope;
  readonly place: PolicyPlace;
  /** What people allowed for the rest of the run, as it holds now. */
  readonly allowances: () => readonly Allowance[];
  /** Calls that must not be done twice come one after the other, whoever makes them: commands of an attempt share one mark. */
  readonly effects: OneAtATime;
}

/**
 * For the step's own agent, and for those that it asks, which have no tool that it has not. Rejects with `CancelledError` on abort, and
 * when settings or tools cannot be read.
 */
export async function openWorkplace(
  tools: AgentTools,
  task: AgentTask,
  profile: AgentProfile | undefined,
): Promise<Workplace> {
  const { host, ownFolders } = tools;
  const [box, rules, real] = await Promise.all([
    tools.box(task.signal, wantedOfServers(profile, task.step)),
    tools.rules(),
    host.files.realPath(task.workspace),
  ]);
  const workspace = real ?? task.workspace;
  const { writes } = task.step;
  return {
    tools,
    box,
    rules,
    scope: {
      host,
      workspace,
      mark: `${task.runId}/${task.step.key}/${task.attempt}`,
      putArtifact: task.putArtifact,
      ...(writes !== undefined && { writes }),
    },
    place: { workspace, platform: host.platform, ownFolders },
    allowances: () => task.tools.allowances().flatMap(readAllowance),
    effects: new OneAtATime(),
  };
}

function readAllowance(value: JsonObject): Allowance[] {
  const allowance = allowanceFromJson(value);
  return allowance === undefined ? [] : [allowance];
}
