import type { AgentName } from '../../model/ids';
import { stemsOf } from './words';

/** What an agent is chosen by. */
export interface Expertise {
  readonly name: AgentName;
  readonly aliases: readonly string[];
  readonly specializations: readonly string[];
  /** Words and phrases of its field. */
  readonly topics: readonly string[];
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
  /** The capability that the task names, or the topic where no capability fits as well. */
  readonly named: string;
  /** The agent's confidence, less what the task does not name of it. 0 to 1. */
  readonly score: number;
}

interface Entry {
  readonly agent: number;
  readonly named: string;
  readonly isTopic: boolean;
  /** What the score is when the task names all of it. */
  readonly confidence: number;
  /** Of all its words together. */
  readonly rarity: number;
  /** Its stems in order. */
  readonly phrase: string;
}

/** Characters of one text that are read: who does a task is said at its beginning. */
const READ = 600;
/** How much an agent's other words count beside what it is found by, for the order only. */
const BESIDES = 0.12;
/** "Find secrets in the repository" is about finding secrets: words that stand together mean each other. */
const TOGETHER = 0.1;
/** A topic says less than a capability: one word of the field, or several that belong together. */
const ONE_WORD = 0.6;
const PHRASE = 0.72;
/** What each further topic takes of the doubt that is left. */
const FURTHER = 0.3;
const MOST = 0.9;

/** Finds the agent whose capabilities or field a task names. All that does not depend on the task is computed once. */
export class CapabilityIndex {
  private readonly entries: Entry[] = [];
  /** Stem to the entries that have it. */
  private readonly byStem = new Map<string, number[]>();
  /** Stem to the agents that have it anywhere. */
  private readonly agentsByStem = new Map<string, number[]>();
  private readonly rarity = new Map<string, number>();

  constructor(private readonly agents: readonly Expertise[]) {
    const stems = agents.map(
      ({ name, aliases, capabilities, specializations, topics, actions }) =>
        new Set(
          [
            name,
            ...aliases,
            ...capabilities.map(([phrase]) => phrase),
            ...specializations,
            ...topics,
            ...actions,
          ].flatMap((text) => stemsOf(text.replaceAll('-', ' '))),
        ),
    );
    for (const [agent, its] of stems.entries()) for (const stem of its) push(this.agentsByStem, stem, agent);
    // A word that many agents use tells little about which of them is meant.
    for (const [stem, users] of this.agentsByStem)
      this.rarity.set(stem, Math.log(1 + agents.length / users.length));
    for (const [agent, { name, aliases, capabilities, topics }] of agents.entries()) {
      for (const [phrase, confidence] of capabilities)
        this.add({ agent, named: phrase, isTopic: false }, confidence);
      for (const topic of new Set([...topics, name, ...aliases])) {
        const words = stemsOf(topic.replaceAll('-', ' ')).length;
        if (words > 0) this.add({ agent, named: topic, isTopic: true }, words === 1 ? ONE_WORD : PHRASE);
      }
    }
  }

  /** The best match, or undefined when no word of any agent is named. Of equals the agent that comes first. */
  best(texts: readonly WeightedText[]): CapabilityMatch | undefined {
    const said = texts.map(({ text, weight }) => ({ stems: stemsOf(text.slice(0, READ)), weight }));
    const named = this.namedStems(said);
    const worths = new Map<number, number>();
    const besides = new Float64Array(this.agents.length);
    for (const [stem, weight] of named) {
      const worth = weight * (this.rarity.get(stem) ?? 0);
      for (const entry of this.byStem.get(stem) ?? []) worths.set(entry, (worths.get(entry) ?? 0) + worth);
      for (const agent of this.agentsByStem.get(stem) ?? []) besides[agent] = (besides[agent] ?? 0) + worth;
    }
    const phrases = said.map(({ stems }) => ` ${stems.join(' ')} `);
    const most = besides.reduce((left, right) => Math.max(left, right), 0);
    const doubts = this.doubts(worths);
    let best: (CapabilityMatch & { readonly order: number }) | undefined;
    for (const [at, worth] of worths) {
      const entry = this.entries[at];
      const agent = entry === undefined ? undefined : this.agents[entry.agent];
      if (entry === undefined || agent === undefined) continue;
      const alone = (entry.confidence * worth) / entry.rarity;
      const score = entry.isTopic
        ? Math.max(alone, Math.min(MOST, 1 - (1 - alone) * (doubts[entry.agent] ?? 1)))
        : alone;
      const apart = score + (BESIDES * (besides[entry.agent] ?? 0)) / most;
      const together = TOGETHER * entry.confidence;
      if (best !== undefined && apart + together <= best.order) continue;
      const order = phrases.some((phrase) => phrase.includes(entry.phrase)) ? apart + together : apart;
      if (best === undefined || order > best.order + 1e-9)
        best = { agent: agent.name, named: entry.named, score, order };
    }
    return best && { agent: best.agent, named: best.named, score: best.score };
  }

  /** For each agent what is left of the doubt when several of its topics are named whole; 1 with one topic. */
  private doubts(worths: ReadonlyMap<number, number>): Float64Array {
    const whole = new Float64Array(this.agents.length);
    for (const [at, worth] of worths) {
      const entry = this.entries[at];
      if (entry?.isTopic === true && worth >= entry.rarity * 0.79)
        whole[entry.agent] = (whole[entry.agent] ?? 0) + 1;
    }
    return whole.map((topics) => (1 - FURTHER) ** Math.max(0, topics - 1));
  }

  private add(entry: Pick<Entry, 'agent' | 'named' | 'isTopic'>, confidence: number): void {
    const words = new Set(stemsOf(entry.named.replaceAll('-', ' ')));
    const rarity = [...words].reduce((sum, stem) => sum + (this.rarity.get(stem) ?? 0), 0);
    for (const stem of words) push(this.byStem, stem, this.entries.length);
    this.entries.push({ ...entry, confidence, rarity, phrase: ` ${[...words].join(' ')} ` });
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
