import type { AgentName } from '../../model/ids';
import { stemsOf } from './words';

/** What an agent is chosen by. */
export interface Expertise {
  readonly name: AgentName;
  readonly specializations: readonly string[];
  /** Phrase and confidence from 0 to 1. */
  readonly capabilities: readonly (readonly [string, number])[];
  readonly actions: readonly string[];
}

/** A text of the task, and how much its words count, from 0 to 1. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

export interface CapabilityMatch {
  readonly agent: AgentName;
  readonly capability: string;
  /** The agent's confidence, less the part of the capability's words that the task does not name. 0 to 1. */
  readonly score: number;
}

interface Entry {
  readonly agent: number;
  readonly capability: string;
  readonly confidence: number;
  /** Of all its words together. */
  readonly rarity: number;
  /** Its stems in order. */
  readonly phrase: string;
}

/** Characters of one text that are read: who does a task is said at its beginning. */
const READ = 600;
/** How much an agent's other words count beside its best capability, for the order only. */
const BESIDES = 0.12;
/** "Find secrets in the repository" is about finding secrets: words that stand together mean each other. */
const TOGETHER = 0.1;

/** Finds the agent whose capabilities a task names. All that does not depend on the task is computed once. */
export class CapabilityIndex {
  private readonly entries: Entry[] = [];
  /** Stem to the entries that have it. */
  private readonly byStem = new Map<string, number[]>();
  /** Stem to the agents that have it anywhere. */
  private readonly agentsByStem = new Map<string, number[]>();
  private readonly rarity = new Map<string, number>();

  constructor(private readonly agents: readonly Expertise[]) {
    const stems = agents.map(
      ({ name, capabilities, specializations, actions }) =>
        new Set(
          stemsOf(
            [name, ...capabilities.map(([phrase]) => phrase), ...specializations, ...actions].join(' '),
          ),
        ),
    );
    for (const [agent, its] of stems.entries()) for (const stem of its) push(this.agentsByStem, stem, agent);
    // A word that many agents use tells little about which of them is meant.
    for (const [stem, users] of this.agentsByStem)
      this.rarity.set(stem, Math.log(1 + agents.length / users.length));
    for (const [agent, { capabilities }] of agents.entries()) {
      for (const [capability, confidence] of capabilities) {
        const words = new Set(stemsOf(capability));
        const rarity = [...words].reduce((sum, stem) => sum + (this.rarity.get(stem) ?? 0), 0);
        for (const stem of words) push(this.byStem, stem, this.entries.length);
        this.entries.push({ agent, capability, confidence, rarity, phrase: ` ${[...words].join(' ')} ` });
      }
    }
  }

  /** The best match, or undefined when no word of any capability is named. Of equals the agent that comes first. */
  best(texts: readonly WeightedText[]): CapabilityMatch | undefined {
    const said = texts.map(({ text, weight }) => ({ stems: stemsOf(text.slice(0, READ)), weight }));
    const named = this.namedStems(said);
    const scores = new Map<number, number>();
    const besides = new Float64Array(this.agents.length);
    for (const [stem, weight] of named) {
      const worth = weight * (this.rarity.get(stem) ?? 0);
      for (const entry of this.byStem.get(stem) ?? []) scores.set(entry, (scores.get(entry) ?? 0) + worth);
      for (const agent of this.agentsByStem.get(stem) ?? []) besides[agent] = (besides[agent] ?? 0) + worth;
    }
    const phrases = said.map(({ stems }) => ` ${stems.join(' ')} `);
    const most = besides.reduce((left, right) => Math.max(left, right), 0);
    let best: (CapabilityMatch & { readonly order: number }) | undefined;
    for (const [at, worth] of scores) {
      const entry = this.entries[at];
      const agent = entry === undefined ? undefined : this.agents[entry.agent];
      if (entry === undefined || agent === undefined) continue;
      const score = (entry.confidence * worth) / entry.rarity;
      const apart = score + (BESIDES * (besides[entry.agent] ?? 0)) / most;
      const together = TOGETHER * entry.confidence;
      if (best !== undefined && apart + together <= best.order) continue;
      const order = phrases.some((phrase) => phrase.includes(entry.phrase)) ? apart + together : apart;
      if (best === undefined || order > best.order + 1e-9)
        best = { agent: agent.name, capability: entry.capability, score, order };
    }
    return best && { agent: best.agent, capability: best.capability, score: best.score };
  }

  /** Stems that any agent has, with the weight of the best text that names them. */
  private namedStems(said: readonly { readonly stems: readonly string[]; readonly weight: number }[]) {
    const named = new Map<string, number>();
    for (const { stems, weight } of said) {
      for (const stem of stems)
        if (this.rarity.has(stem) && weight > (named.get(stem) ?? 0)) named.set(stem, weight);
    }
    return named;
  }
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
