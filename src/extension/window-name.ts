const KIND = 'VS Code window';

/** What this window is called for people, here and wherever else its runs are seen. */
export function windowName(pid: number): string {
  return `${KIND} (pid ${pid})`;
}

/** Whether that is the name of a window: of this one or of another. */
export function isWindowName(name: string): boolean {
  return name.startsWith(KIND);
}
