/** Tells people and models that what a command left in the background does not run any more: "Ended what it left running: node." */
export function leftRunningNote(names: readonly string[] | undefined): string | undefined {
  return names === undefined || names.length === 0
    ? undefined
    : `Ended what it left running: ${names.join(', ')}.`;
}
