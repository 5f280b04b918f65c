/*
 * owns: what a step asks a model until it has one whole text: going on where an answer was cut or paused, within bounds.
 * does not own: a single answer (model-turn), what the text is good for (structured-answer, chat-agent).
 */
import { BatonError } from '../../model/errors';
import type { ModelRef } from '../../model/model-call';
import type { ChatAnswer, ChatMessage, ChatRequest } from '../../providers/provider';
import type { RouteWish } from '../../providers/routing';
import type { AgentTask } from '../agent';
import { takeTurn, type TurnServices } from './model-turn';

/** Answers one step may take, mends included. */
const MOST_TURNS = 6;
/** How much longer the second try may be, where a cut answer cannot be gone on with. */
const LONGER = 4;
const MOST_TOKENS = 32_768;
const GO_ON =
  'Your answer was cut off. Go on exactly where it stopped, without repeating anything and without a word about it.';

export interface Said {
  readonly text: string;
  readonly model: ModelRef;
}

export interface ConversationOptions {
  readonly services: TurnServices;
  readonly task: AgentTask;
  readonly wish: RouteWish;
  readonly request: Omit<ChatRequest, 'model' | 'messages' | 'tools'>;
  /** Tokens that one answer of the first choice may have; Infinity when nobody knows. */
  readonly limit: number;
}

export class Conversation {
  private readonly messages: ChatMessage[] = [];
  private turns = 0;
  private wasCut = false;
  private wasPaused = false;
  private maxOutputTokens: number;

  constructor(private readonly options: ConversationOptions) {
    this.maxOutputTokens = options.request.maxOutputTokens;
  }

  /** Says something and gives the whole answer to it. Throws `BatonError` "cut-by-length" or "answer-paused" when it never is whole. */
  async say(text: string): Promise<Said> {
    this.messages.push({ role: 'user', text });
    let said = '';
    for (;;) {
      const { answer, model } = await this.turn();
      said += answer.text;
      switch (answer.finish) {
        case 'complete':
          this.messages.push(assistant(answer));
          return { text: said, model };
        case 'length':
          said = this.goOnAfterCut(answer, said);
          break;
        case 'paused':
          if (this.wasPaused)
            throw new BatonError('answer-paused', `${model.model} paused twice and did not finish.`);
          this.wasPaused = true;
          this.messages.push(assistant(answer), { role: 'user', text: GO_ON });
          break;
        case 'tool-calls':
          throw new BatonError('unknown-tool', `${model.model} asked for a tool, and this step has none.`);
        default:
          answer.finish satisfies never;
      }
    }
  }

  /** What was said so far and still counts. */
  private goOnAfterCut(answer: ChatAnswer, said: string): string {
    if (this.wasCut) throw this.tooLong();
    this.wasCut = true;
    // Half a JSON document, or thinking that left no room for an answer: asked for again as a whole, with more room.
    const { request, task, limit } = this.options;
    if (request.output !== undefined || answer.text.trim() === '') {
      // A limit that the file names is the author's, and a model's own cannot be raised.
      const most = Math.min(MOST_TOKENS, limit);
      if (task.step.maxTokens !== undefined || this.maxOutputTokens >= most) throw this.tooLong();
      this.maxOutputTokens = Math.min(this.maxOutputTokens * LONGER, most);
      task.onVoid('The answer was cut by its length limit and is asked for again with more room.');
      return '';
    }
    this.messages.push(assistant(answer), { role: 'user', text: GO_ON });
    return said;
  }

  private turn() {
    if (this.turns++ >= MOST_TURNS)
      throw new BatonError('too-many-turns', `No usable answer came within ${MOST_TURNS} turns.`);
    const { services, task, wish } = this.options;
    const request = {
      ...this.options.request,
      messages: [...this.messages],
      tools: [],
      maxOutputTokens: this.maxOutputTokens,
    };
    return takeTurn(services, task, { wish, request });
  }

  private tooLong(): BatonError {
    return new BatonError(
      'cut-by-length',
      `The answer does not fit into ${this.maxOutputTokens} tokens. Raise "maxTokens" of the step, or ask for less.`,
    );
  }
}

function assistant({ text, opaque }: ChatAnswer): ChatMessage {
  return { role: 'assistant', text, toolCalls: [], ...(opaque !== undefined && { opaque }) };
}
