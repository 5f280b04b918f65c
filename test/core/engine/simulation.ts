import type { Agents } from '../../../src/core/agents/agent';
import { neverAborted } from '../../../src/core/base/abort';
import { delay } from '../../../src/core/base/clock';
import { canonicalJson, type JsonObject } from '../../../src/core/base/json';
import type { Approval, Decider, Decision } from '../../../src/core/model/approval';
import { BatonError } from '../../../src/core/model/errors';
import type { RunEvent } from '../../../src/core/model/events';
import type { RunState } from '../../../src/core/model/run-state';
import type {
  ApprovalMode,
  DecisionAction,
  Step,
  WorkflowDefinition,
} from '../../../src/core/model/workflow';
import type { CommandRequest } from '../../../src/core/host';
import type { CommandOutcome } from '../../../src/core/runtime-port';
import { MemoryDisk, MemoryRunStore } from '../../../src/core/storage/memory-run-store';
import { Engine, type EngineOptions } from '../../../src/core/engine/engine';
import type { Moves } from '../../../src/core/engine/run';
import type { SimulatedClock } from './simulated-clock';
import { settleDown } from './simulated-clock';
import { SimulatedHost, type CommandScript } from './simulated-host';

export const WORKSPACE = '/workspace';

export interface SimulationOptions {
  readonly commands?: (command: string, request: CommandRequest) => CommandScript;
  /** How long a sync of the disk takes, milliseconds. Default: no time. */
  readonly syncMs?: number;
  /** Awaited before events become durable; a throw loses them. */
  readonly beforeDurable?: (events: readonly RunEvent[]) => Promise<void>;
  readonly agents?: Agents;
  readonly disk?: MemoryDisk;
  readonly clock?: SimulatedClock;
  readonly moves?: Moves;
  readonly isTrusted?: () => boolean;
  readonly firstId?: number;
  readonly day?: EngineOptions['day'];
}

/** An engine on a simulated machine with a store in memory. */
export class Simulation {
  readonly machine: SimulatedHost;
  readonly disk: MemoryDisk;
  readonly store: MemoryRunStore;
  readonly engine: Engine;
  /** As published. */
  readonly events: RunEvent[] = [];
  readonly notices: string[] = [];
  runId = '';

  constructor(options: SimulationOptions = {}) {
    this.machine = new SimulatedHost(options.commands, {
      ...(options.clock && { clock: options.clock }),
      ...(options.firstId !== undefined && { firstId: options.firstId }),
    });
    this.disk = options.disk ?? new MemoryDisk('store');
    const { host } = this.machine;
    const { syncMs, beforeDurable } = options;
    this.store = new MemoryRunStore(this.disk, {
      sha256: (data) => host.sha256(data),
      ...(beforeDurable !== undefined && { beforeDurable }),
      ...(syncMs !== undefined && { beforeDurable: () => delay(host.clock, syncMs, neverAborted) }),
    });
    this.engine = new Engine({
      host,
      store: this.store,
      agents: options.agents ?? simpleAgents(),
      workspace: WORKSPACE,
      moves: options.moves ?? 'all',
      owner: 'test',
      ...(options.isTrusted && { isTrusted: options.isTrusted }),
      ...(options.day && { day: options.day }),
    });
    this.engine.onEvent((event) => this.events.push(event));
    this.engine.onNotice((notice) => this.notices.push(notice));
  }

  async start(
    definition: WorkflowDefinition,
    options: {
      readonly mode?: ApprovalMode;
      readonly rehearsal?: boolean;
      readonly inputs?: JsonObject;
      readonly clientId?: string;
      readonly by?: string;
    } = {},
  ): Promise<string> {
    this.runId = await this.engine.start({
      definition,
      definitionHash: this.machine.host.sha256(canonicalJson(definition)),
      source: { path: 'workflows/test.baton.yaml', lines: {} },
      inputs: options.inputs ?? {},
      mode: options.mode ?? 'interactive',
      by: options.by ?? 'ada',
      notes: [],
      rehearsal: options.rehearsal ?? false,
      ...(options.clientId !== undefined && { clientId: options.clientId }),
    });
    return this.runId;
  }

  /** Lets time pass until the run cannot go on by itself, at most `limitMs`. */
  async untilIdle(limitMs = 3_600_000): Promise<RunState> {
    const end = this.machine.clock.monotonic() + limitMs;
    let state: RunState | undefined;
    void this.engine.whenIdle(this.runId).then((idle) => (state = idle));
    for (;;) {
      await settleDown();
      if (state !== undefined) return state;
      const wait = this.machine.clock.untilNext;
      if (wait === undefined || this.machine.clock.monotonic() + wait > end)
        throw new Error(`The run did not come to rest: ${JSON.stringify(this.log())}`);
      this.machine.clock.step();
    }
  }

  /** Lets exactly this much time pass. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.machine;
    const end = clock.monotonic() + ms;
    for (;;) {
      await settleDown();
      const wait = clock.untilNext;
      if (wait === undefined || clock.monotonic() + wait > end) break;
      clock.step();
    }
    clock.sleep(end - clock.monotonic());
    await settleDown();
  }

  async state(): Promise<RunState> {
    await settleDown();
    const state = await this.engine.state(this.runId);
    if (state === undefined) throw new Error('no such run');
    return state;
  }

  async gate(step?: string): Promise<Approval> {
    const open = Object.values((await this.state()).openApprovals);
    const found = step === undefined ? open[0] : open.find((approval) => approval.step === step);
    if (found === undefined) throw new Error(`No gate is open${step === undefined ? '' : ` at ${step}`}`);
    return found;
  }

  async decide(
    step: string | undefined,
    action: DecisionAction,
    more: Partial<Decision> & { readonly by?: string } = {},
  ): Promise<CommandOutcome> {
    const approval = await this.gate(step);
    const { by = 'ada', ...rest } = more;
    const decider: Decider = { name: by, channel: 'terminal' };
    const decision = { action, shownHash: approval.shownHash, ...rest };
    return this.waited(this.engine.decide(this.runId, approval.id, decision, decider));
  }

  /** Awaits something that may need time to pass. */
  async waited<T>(promise: Promise<T>): Promise<T> {
    let result: { readonly value: T } | undefined;
    let failure: { readonly error: unknown } | undefined;
    promise.then(
      (value) => (result = { value }),
      (error: unknown) => (failure = { error }),
    );
    for (let turn = 0; turn < 1_000; turn += 1) {
      await settleDown();
      if (failure !== undefined) throw failure.error;
      if (result !== undefined) return result.value;
      this.machine.clock.step();
    }
    throw new Error('It never ended');
  }

  /** The machine dies. What was on its way to the disk is lost; gives the one that starts afterwards. */
  async crash(options: SimulationOptions = {}): Promise<Simulation> {
    // Raising the epoch makes every later append of the dead one fail, as its death would.
    const next = new Simulation({
      clock: this.machine.clock,
      disk: this.disk,
      firstId: 1_000 * (this.disk.epoch + 1),
      ...options,
    });
    next.runId = this.runId;
    return next;
  }

  /** What happened, one short line for each event. */
  log(): string[] {
    return this.events.filter((event) => event.runId === this.runId).map(short);
  }
}

function short(event: RunEvent): string {
  const parts: string[] = [event.type];
  if ('step' in event) parts.push(event.attempt > 1 ? `${event.step}#${event.attempt}` : event.step);
  if (event.type === 'approval-requested') parts.push(event.approval.kind);
  if (event.type === 'approval-decided')
    parts.push(event.decision.action, ...(event.refused === undefined ? [] : ['refused']));
  if (event.type === 'step-skipped' || event.type === 'run-paused') parts.push(event.reason);
  if (event.type === 'step-failed') {
    parts.push(event.error.code);
    if (event.retryAt !== undefined) parts.push('again');
    if (event.tolerated) parts.push('tolerated');
  }
  return parts.join(' ');
}

export interface AgentScript {
  readonly fails?: BatonError;
  readonly output?: JsonObject | string;
}

/** Agents that do every action at once; an action that begins with "model" needs a model. */
export function simpleAgents(
  act: (action: string, step: Step, attempt: number) => AgentScript = () => ({}),
): Agents & { readonly performed: string[] } {
  const performed: string[] = [];
  return {
    performed,
    assign: (step) =>
      step.action?.startsWith('model') === true
        ? { needsModel: 'no rules for it' }
        : { agent: step.agent ?? 'quality', engine: 'local', why: 'named in the file' },
    isIdempotent: () => true,
    perform: async (task) => {
      performed.push(task.step.key);
      const script = act(task.step.action ?? '', task.step, task.attempt);
      if (script.fails !== undefined) throw script.fails;
      return {
        output: script.output ?? { did: task.step.key },
        summary: `${task.step.key} is done`,
        artifacts: [],
      };
    },
  };
}

export { BatonError };
