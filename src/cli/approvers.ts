import type { Approval } from '../core/model/approval';
import { visibleLine } from './show/visible';

/** Whether this person may decide: where the file names nobody, everyone may. */
export function mayDecide({ approvers }: Approval, user: string): boolean {
  return approvers === undefined || approvers.includes(user);
}

/** "you", "you or zoe", "zoe or max": who is waited for, as this person reads it. */
export function whoDecides(approval: Approval, user: string): string {
  if (approval.approvers === undefined) return 'you';
  const others = approval.approvers.filter((name) => name !== user).map(visibleLine);
  const names = mayDecide(approval, user) ? ['you', ...others] : others;
  const last = names.at(-1) ?? 'nobody';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
