import { toJson } from '../../../base/json';
import type { ToolDeclaration } from '../../../providers/provider';
import { checkedArguments, textArgument } from '../../../tools/services/checked-arguments';
import type { Tool, ToolOutcome } from '../../../tools/tool';
import type { Sha256Of } from '../../chat/fenced-data';
import type { Outcome } from '../../collaboration/ask';
import { fencedHandoff } from '../../collaboration/handoff';
import type { AgentAtWork } from '../agent-at-work';
import { canonical, LONGEST_DATA, taskOf, type Delegating } from './delegating';
import { name, shape, text } from './parameters';
import { quoted } from './told';

/** Characters of a result that who asked is told; all of it is in the data. */
const ONE_RESULT = 24_000;

const declaration: ToolDeclaration = {
  name: 'delegate',
  description:
    'Hands a part of the work to another agent and waits for its result. It knows nothing but the task and the data. Agents asked in several calls work one after the other; delegate_many lets several work side by side.',
  parameters: shape(
    {
      agent: name('Whom, as Baton lists its agents: "security", "testing"'),
      task: text(
        'What to do, complete for a reader without your context: purpose, material, form of the answer',
      ),
      data: text('Material that goes with it', LONGEST_DATA),
    },
    ['agent', 'task'],
  ),
};

/** What the other's model and tools do is recorded for itself, so a call made again repeats none of it. */
export const delegate = (work: AgentAtWork, delegating: Delegating): Tool => ({
  declaration,
  async prepare(args, scope) {
    const checked = checkedArguments(declaration, args);
    const agent = canonical(textArgument(checked, 'agent'));
    const task = taskOf(work, textArgument(checked, 'task'), textArgument(checked, 'data'));
    return {
      effects: [{ type: 'delegate', agent }],
      shown: { ...checked, agent },
      idempotent: true,
      run: async () => {
        const asking = delegating.run(scope, checked, (bounds) => bounds.ask(agent, task));
        return toldOutcome(await asking, (data) => scope.host.sha256(data));
      },
    };
  },
});

function toldOutcome(outcome: Outcome, sha256: Sha256Of): ToolOutcome {
  if (outcome.status === 'failed') {
    const { agent, code, message } = outcome;
    return {
      ...quoted(`${agent} did not do it (${code}): ${message}`, true),
      data: { agent, code, message },
    };
  }
  const { result } = outcome;
  return { ...quoted(fencedHandoff(result, sha256, ONE_RESULT)), data: toJson(result) };
}
