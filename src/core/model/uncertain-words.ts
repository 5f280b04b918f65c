import type { Approval } from './approval';

/** The open questions whether something happened: only a person who looks can answer them, and no other way leads on. */
export function uncertainOf(openApprovals: Readonly<Record<string, Approval>>): readonly Approval[] {
  return Object.values(openApprovals).filter(({ kind }) => kind === 'uncertain');
}

/** "1 call may have happened", "2 steps may have happened", "3 things may have happened". */
export function uncertainLine(open: readonly Approval[]): string {
  const calls = open.filter(({ shown }) => shown.calls !== undefined).length;
  const noun = calls === open.length ? 'call' : calls === 0 ? 'step' : 'thing';
  return `${open.length} ${noun}${open.length === 1 ? '' : 's'} may have happened`;
}
