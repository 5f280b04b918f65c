import { BatonError, messageOf } from './model/errors';

/** The system's code of a failed call ("ENOENT"), if it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

// What may pass by itself: somebody else holds the file, or too many are open.
const PASSING = new Set(['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN']);

/** A failed system call as the core knows it: the code in lower case ("enospc"), the cause kept. */
export function systemError(error: unknown, doing: string): BatonError {
  if (error instanceof BatonError) return error;
  const code = systemCode(error);
  return new BatonError(code?.toLowerCase() ?? 'system-error', `${doing}: ${messageOf(error)}`, {
    cause: error,
    retryable: code !== undefined && PASSING.has(code),
  });
}
