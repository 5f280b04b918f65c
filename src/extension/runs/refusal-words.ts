import type { Refusal } from '../../core/runtime-port';

/** What a person can do about a refused run, in the order of the buttons. */
export type RefusalFix = 'set-api-key' | 'rehearse' | 'open-workflow' | 'try-again';

/** `hasFile`: there is a file to open. */
export function fixesOf({ code }: Refusal, hasFile: boolean): readonly RefusalFix[] {
  const open: readonly RefusalFix[] = hasFile ? ['open-workflow'] : [];
  switch (code) {
    case 'needs-model':
      return ['set-api-key', 'rehearse', ...open];
    case 'unsupported':
      return ['rehearse', ...open];
    case 'invalid-file':
    case 'inputs':
    case 'secrets':
    case 'untrusted':
      return open;
    // The file is not what is wrong: the process that owns the folder did not answer.
    case 'not-owner':
      return ['try-again'];
    default:
      return code satisfies never;
  }
}

/** Why the run was refused, for a notification. A diagnostic is added only where the message leaves open what is wrong. */
export function refusalText({ code, message, brief, diagnostics }: Refusal): string {
  // The buttons say what can be done.
  if (brief !== undefined) return brief;
  const [first] = diagnostics;
  // Of a missing model the message names the steps already, and why: a diagnostic says the same once more of one of them.
  if (code === 'needs-model' || first === undefined || message.includes(first.message)) return message;
  return `${message} ${first.message}`;
}
