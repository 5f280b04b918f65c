/** What a server may cost. Tests shorten the times. */
export interface McpLimits {
  /** From the start of a program, or the first word to an address, until it has introduced itself; milliseconds. */
  readonly startMs: number;
  /** For the whole list of tools, all pages of it. */
  readonly listMs: number;
  /** For a call with all that comes before it: starting the server again, looking whether the tool is still the same. */
  readonly callMs: number;
  /** From TERM to KILL. */
  readonly graceMs: number;
  /** How long a server that failed is left alone; each time twice as long, up to 32 times. */
  readonly restMs: number;
  /** Of all servers together. */
  readonly tools: number;
  /** Of one list. */
  readonly pages: number;
  /** UTF-8 bytes of what a model gets of an answer. */
  readonly answerBytes: number;
  /** Characters of the arguments of a call, as JSON. */
  readonly argumentsLength: number;
  /** Characters of one message, and bytes of one response over HTTP. A server that says more at once is ended. */
  readonly messageLength: number;
  /** Messages that nobody asked for: so many at once, and twenty more each second. A server that sends more is ended. */
  readonly unasked: number;
}

export const MCP_LIMITS: McpLimits = {
  startMs: 20_000,
  listMs: 10_000,
  callMs: 60_000,
  graceMs: 2_000,
  restMs: 30_000,
  tools: 128,
  pages: 20,
  answerBytes: 100_000,
  argumentsLength: 100_000,
  messageLength: 8_000_000,
  unasked: 1_000,
};
