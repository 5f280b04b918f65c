/*
 * owns: what a step asks a model until it has one whole text: calls of tools answered, going on where an answer was cut or paused,
 * within bounds.
 * does not own: a single answer (model-turn), what becomes of a call (tool-desk), what the text is good for (structured-answer).
 * must stay true: calls are made of whole answers only.
 */
import { BatonError } from '../../model/errors';
import type { ModelRef } from '../../model/model-call';
import type {
  ChatAnswer,
  ChatMessage,
  ChatRequest,
  ToolCall,
  ToolDeclaration,
  ToolResult,
} from '../../providers/provider';
import type { RouteWish } from '../../providers/routing';
import type { AgentTask } from '../agent';
import { askedTurn, recalledTurn, type Turn, type TurnServices } from './model-turn';
import { lengthOfResults, shorterResults } from './shorter-results';

/** Answers a step without tools may take, mends included; and those that may follow the last call of a tool. */
const MOST_ANSWERS = 6;
/** Turns of a step with tools. */
export const MOST_TURNS = 40;
/** How much longer the second try may be, where a cut answer cannot be gone on with. */
const LONGER = 4;
const MOST_TOKENS = 32_768;
/** Characters of all results of tools that go along; older ones are shortened when there are more. */
const MOST_RESULTS = 400_000;
const GO_ON =
  'Your answer was cut off. Go on exactly where it stopped, without repeating anything and without a word about it.';
const ANSWER_NOW =
  'Your turns with tools are used up. Give your final answer now, from what you have, and say what is missing.';

export interface Said {
  readonly text: string;
  readonly model: ModelRef;
}

/** Tools that the model may ask for. */
export interface ToolsInUse {
  readonly declarations: readonly ToolDeclaration[];
  /** True when no further call is done. */
  readonly isUsedUp: boolean;
  /** The results of all calls of a turn, in their order. */
  answer(requestHash: string, calls: readonly ToolCall[]): Promise<readonly ToolResult[]>;
}

export interface ConversationOptions {
  readonly services: TurnServices;
  readonly task: AgentTask;
  readonly wish: RouteWish;
  /** What of it the file says: the rest may be another after a restart. Default: all of it. */
  readonly fileWish?: RouteWish;
  readonly request: Omit<ChatRequest, 'model' | 'messages' | 'tools' | 'toolChoice'>;
  /** Tokens that one answer of the first choice may have; Infinity when nobody knows. */
  readonly limit: number;
  readonly tools?: ToolsInUse;
  /** Turns with tools. */
  readonly mostTurns?: number;
  /** The answer is one document: half of one is worth nothing. */
  readonly isDocument?: boolean;
}

export class Conversation {
  private messages: readonly ChatMessage[] = [];
  private turns = 0;
  private wasCut = false;
  private wasPaused = false;
  private isLast = false;
  private maxOutputTokens: number;

  constructor(private readonly options: ConversationOptions) {
    this.maxOutputTokens = options.request.maxOutputTokens;
  }

  /** True when a call of a tool was answered: what was done since cannot be begun anew. */
  get hasUsedTools(): boolean {
    return this.messages.some(({ role }) => role === 'tool');
  }

  /** Says something and gives the whole answer to it. Throws `BatonError` "cut-by-length", "answer-paused" or "too-many-turns" when it never is whole. */
  async say(text: string): Promise<Said> {
    this.add({ role: 'user', text });
    let said = '';
    for (;;) {
      const { answer, model, requestHash } = await this.turn();
      said += answer.text;
      switch (answer.finish) {
        case 'complete':
          this.add(assistant(answer));
          this.endPart();
          return { text: said, model };
        case 'length':
          said = this.goOnAfterCut(answer, said);
          break;
        case 'paused':
          if (this.wasPaused)
            throw new BatonError('answer-paused', `${model.model} paused twice and did not finish.`);
          this.wasPaused = true;
          this.add(assistant(answer), { role: 'user', text: GO_ON });
          break;
        case 'tool-calls':
          await this.useTools(answer, model, requestHash);
          said = '';
          break;
        default:
          answer.finish satisfies never;
      }
    }
  }

  private async useTools(answer: ChatAnswer, model: ModelRef, requestHash: string): Promise<void> {
    const { tools } = this.options;
    if (tools === undefined)
      throw new BatonError('unknown-tool', `${model.model} asked for a tool, and this step has none.`);
    if (this.isLast) throw this.tooManyTurns();
    const results = await tools.answer(requestHash, answer.toolCalls);
    this.add(assistant(answer), { role: 'tool', results });
    this.endPart();
  }

  /** What was said so far and still counts. */
  private goOnAfterCut(answer: ChatAnswer, said: string): string {
    const { isDocument = false, task, limit, tools } = this.options;
    // A limit that the file names is the author's, and a model's own cannot be raised.
    const most = Math.min(MOST_TOKENS, limit);
    const canBeLonger = task.step.maxTokens === undefined && this.maxOutputTokens < most;
    // Half a document or half a call, or thinking that left no room for an answer: asked for again as a whole, with more room.
    const isOfNoUse = isDocument || answer.text.trim() === '';
    if (isOfNoUse && !canBeLonger) throw this.tooLong();
    if (isOfNoUse || (tools !== undefined && canBeLonger)) {
      this.maxOutputTokens = Math.min(this.maxOutputTokens * LONGER, most);
      task.onVoid('The answer was cut by its length limit and is asked for again with more room.');
      return '';
    }
    if (this.wasCut) throw this.tooLong();
    this.wasCut = true;
    this.add(assistant(answer), { role: 'user', text: GO_ON });
    return said;
  }

  private async turn(): Promise<Turn> {
    const { services, task, tools, mostTurns = MOST_TURNS } = this.options;
    if (this.turns >= MOST_ANSWERS + (tools === undefined ? 0 : mostTurns)) throw this.tooManyTurns();
    this.turns += 1;
    if (tools !== undefined && !this.isLast && (tools.isUsedUp || this.turns >= mostTurns)) {
      this.isLast = true;
      this.add({ role: 'user', text: ANSWER_NOW });
    }
    if (lengthOfResults(this.messages) > MOST_RESULTS)
      this.messages = shorterResults(this.messages) ?? this.messages;
    for (;;) {
      const recalled = await recalledTurn(services, task, this.asked(this.messages));
      if (recalled !== undefined) return recalled;
      const shorter = shorterResults(this.messages);
      // Before the interruption it may have been too long for whoever was asked.
      const shorterRecalled = shorter && (await recalledTurn(services, task, this.asked(shorter)));
      if (shorter !== undefined && shorterRecalled !== undefined) {
        this.messages = shorter;
        return shorterRecalled;
      }
      try {
        return await askedTurn(services, task, this.asked(this.messages));
      } catch (error) {
        if (!isTooLong(error) || shorter === undefined) throw error;
        task.onVoid('It was too long for the model and is asked again with shorter results of tools.');
        this.messages = shorter;
      }
    }
  }

  private asked(messages: readonly ChatMessage[]) {
    const { wish, fileWish, tools } = this.options;
    const request = {
      ...this.options.request,
      messages: [...messages],
      tools: tools?.declarations ?? [],
      maxOutputTokens: this.maxOutputTokens,
      ...(this.isLast && { toolChoice: 'none' as const }),
    };
    return { wish, request, ...(fileWish !== undefined && { fileWish }) };
  }

  private add(...messages: readonly ChatMessage[]): void {
    this.messages = [...this.messages, ...messages];
  }

  /** Something whole was said: what follows may be cut or paused as well. */
  private endPart(): void {
    this.wasCut = false;
    this.wasPaused = false;
  }

  private tooLong(): BatonError {
    return new BatonError(
      'cut-by-length',
      `The answer does not fit into ${this.maxOutputTokens} tokens. Raise "maxTokens" of the step, or ask for less.`,
    );
  }

  private tooManyTurns(): BatonError {
    return new BatonError('too-many-turns', `No usable answer came within ${this.turns} turns.`);
  }
}

export function isTooLong(error: unknown): boolean {
  return error instanceof BatonError && error.code === 'context-too-long';
}

function assistant({ text, toolCalls, finish, opaque }: ChatAnswer): ChatMessage {
  return {
    role: 'assistant',
    text,
    toolCalls: finish === 'tool-calls' ? toolCalls : [],
    ...(opaque !== undefined && { opaque }),
  };
}
