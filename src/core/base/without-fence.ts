/** The text inside one Markdown code fence that surrounds all of it, as models put around JSON; every other text as it is. */
export function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text)?.[1] ?? text;
}
