/** Says each text one time: a command that looks first and acts then finds the same things twice. */
export function oncePerText(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text)) return;
    told.add(text);
    tell(text);
  };
}
