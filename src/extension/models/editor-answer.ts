/*
 * owns: one request to one of the editor's models, from its first byte to its last.
 * must stay true: ends at once when it is cancelled or too late, even if the extension that offers the model never answers;
 * only a stream that the model's own extension ended without an error is an answer.
 */
import * as vscode from 'vscode';
import { withoutFence } from '../../core/base/without-fence';
import type { Clock } from '../../core/base/clock';
import { isJsonObject } from '../../core/base/json';
import type { CallUsage } from '../../core/model/model-call';
import { estimateRequest, estimateTokens } from '../../core/providers/pricing';
import type { ChatAnswer, ChatOptions, ChatRequest, ToolCall } from '../../core/providers/provider';
import { cancelled } from './or-cancelled';
import { editorError, editorFault } from './editor-faults';
import { editorMessages, editorToolMode, editorTools } from './editor-messages';

/** How often the tokens of a growing answer are told, milliseconds. */
const TELLS_EVERY = 250;
/** How long the editor may take to count, milliseconds; then the tokens are estimated. */
const COUNTS_WITHIN = 2_000;

export interface Asking {
  readonly model: vscode.LanguageModelChat;
  /** How the answer names it. */
  readonly name: string;
  readonly clock: Clock;
  /** False: a dialog may come first, and a person may take their time to read it. */
  readonly isAllowed: boolean;
  readonly onAllowed: () => void;
}

export async function editorAnswer(
  asking: Asking,
  request: ChatRequest,
  options: ChatOptions,
): Promise<ChatAnswer> {
  const { model, clock } = asking;
  const { signal, timeouts, onEvent } = options;
  if (signal.aborted) throw cancelled(signal);
  const source = new vscode.CancellationTokenSource();
  const stop = stopper(clock, signal);
  const answer = new Growing(request, clock, onEvent);
  let began = false;
  try {
    const allowed = () => {
      stop.after(timeouts.total);
      stop.restart(timeouts.firstByte);
    };
    if (asking.isAllowed) allowed();
    const tools = editorTools(request);
    const sent = model.sendRequest(
      editorMessages(request),
      { justification: JUSTIFICATION, ...(tools && { tools, toolMode: editorToolMode(request) }) },
      source.token,
    );
    const response = await stop.or(sent);
    asking.onAllowed();
    if (!asking.isAllowed) allowed();
    const parts = response.stream[Symbol.asyncIterator]();
    for (;;) {
      const next: IteratorResult<unknown> = await stop.or(parts.next());
      if (next.done === true) break;
      if (!answer.take(next.value)) continue;
      began = true;
      stop.restart(timeouts.idle);
    }
    // The editor may end the stream of a cancelled request as if it were whole.
    if (signal.aborted) throw cancelled(signal);
    return await answer.whole(asking, source.token);
  } catch (error) {
    if (signal.aborted) throw cancelled(signal);
    if (error instanceof TooLate) throw editorError('timeout', { usage: answer.usage() });
    if (error instanceof Incomplete) throw editorError(error.fault, { usage: answer.usage() });
    const { fault, raw } = editorFault(error, began);
    throw editorError(fault, { ...(raw && { raw }), ...(began && { usage: answer.usage() }), cause: error });
  } finally {
    stop.dispose();
    source.cancel();
    source.dispose();
  }
}

const JUSTIFICATION = 'Baton asks a model for the steps of a workflow that you run.';

class TooLate extends Error {}

class Incomplete extends Error {
  constructor(readonly fault: 'incomplete' | 'malformed-tool-call') {
    super(fault);
  }
}

/** Rejects what it is asked to wait for as soon as the signal fires or a deadline passes. */
function stopper(clock: Clock, signal: AbortSignal) {
  let reject: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, fail) => (reject = fail));
  // Nobody may be waiting when it fires.
  stopped.catch(() => undefined);
  const onAbort = () => reject(cancelled(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  const tooLate = () => reject(new TooLate());
  let total = { dispose: () => {} };
  let next = { dispose: () => {} };
  return {
    or: <Value>(waited: PromiseLike<Value>): Promise<Value> => Promise.race([waited, stopped]),
    after(milliseconds: number) {
      total = clock.after(milliseconds, tooLate);
    },
    restart(milliseconds: number) {
      next.dispose();
      next = clock.after(milliseconds, tooLate);
    },
    dispose() {
      total.dispose();
      next.dispose();
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** An answer as it comes. */
class Growing {
  private text = '';
  private readonly calls: ToolCall[] = [];
  private readonly inputTokens: number;
  private toldAt: number;

  constructor(
    private readonly request: ChatRequest,
    private readonly clock: Clock,
    private readonly onEvent: ChatOptions['onEvent'],
  ) {
    this.inputTokens = estimateRequest(request);
    this.toldAt = clock.monotonic();
  }

  /** True when the part belongs to the answer; later kinds of parts are for those who know them. */
  take(part: unknown): boolean {
    if (part instanceof vscode.LanguageModelTextPart) {
      if (part.value === '') return false;
      this.text += part.value;
      this.onEvent?.({ type: 'text', text: part.value });
    } else if (part instanceof vscode.LanguageModelToolCallPart) {
      const call = this.toolCall(part);
      this.calls.push(call);
      this.onEvent?.({ type: 'tool-call', call });
    } else return false;
    const now = this.clock.monotonic();
    if (now - this.toldAt >= TELLS_EVERY) {
      this.toldAt = now;
      this.onEvent?.({ type: 'usage', usage: this.usage() });
    }
    return true;
  }

  /** Estimated: the editor tells nobody what a request took. */
  usage(): CallUsage {
    return {
      inputTokens: this.inputTokens,
      outputTokens: estimateTokens(this.outputText()),
      estimated: true,
    };
  }

  async whole(asking: Asking, token: vscode.CancellationToken): Promise<ChatAnswer> {
    if (this.text.trim() === '' && this.calls.length === 0) throw new Incomplete('incomplete');
    if (this.request.output !== undefined && this.calls.length === 0) this.text = withoutFence(this.text);
    const usage = await this.counted(asking, token);
    this.onEvent?.({ type: 'usage', usage });
    const finish = this.calls.length > 0 ? 'tool-calls' : 'complete';
    // The editor tells no reason: that the stream ended without an error is all there is.
    return {
      finish,
      rawFinish: 'end-of-stream',
      text: this.text,
      toolCalls: this.calls,
      usage,
      model: asking.name,
    };
  }

  private toolCall({ callId, name, input }: vscode.LanguageModelToolCallPart): ToolCall {
    if (!isJsonObject(input)) throw new Incomplete('malformed-tool-call');
    const taken = this.calls.some(({ id }) => id === callId);
    const id = callId !== '' && !taken ? callId : `call-${this.calls.length + 1}`;
    return { id, name, arguments: input };
  }

  /** By the model's own tokenizer, as far as its extension answers. */
  private async counted({ model, clock }: Asking, token: vscode.CancellationToken): Promise<CallUsage> {
    const estimated = this.usage();
    let timer = { dispose: () => {} };
    const late = new Promise<undefined>((resolve) => {
      timer = clock.after(COUNTS_WITHIN, () => resolve(undefined));
    });
    try {
      const counting = Promise.all([
        countRequest(model, this.request, token),
        model.countTokens(this.outputText(), token),
      ]);
      counting.catch(() => undefined);
      const counts = await Promise.race([counting, late]);
      if (counts === undefined) return estimated;
      const [input, output] = counts;
      return {
        inputTokens: plausible(input, estimated.inputTokens),
        outputTokens: plausible(output, estimated.outputTokens),
        estimated: true,
      };
    } catch {
      return estimated;
    } finally {
      timer.dispose();
    }
  }

  private outputText(): string {
    const calls = this.calls.map(({ name, arguments: given }) => name + JSON.stringify(given));
    return [this.text, ...calls].join('\n').trim();
  }
}

/** Tokens of a request's input as the model's extension counts them. What it cannot count is estimated. */
export async function countRequest(
  model: vscode.LanguageModelChat,
  request: ChatRequest,
  token: vscode.CancellationToken,
): Promise<number> {
  const counts = await Promise.all(
    editorMessages(request).map((message) => model.countTokens(message, token)),
  );
  const tools = editorTools(request) ?? [];
  const declared = tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools));
  return counts.reduce((sum, count) => sum + count, declared);
}

/** An extension that does not count says 0. */
function plausible(counted: number, estimated: number): number {
  return Number.isSafeInteger(counted) && counted > 0 ? counted : estimated;
}
