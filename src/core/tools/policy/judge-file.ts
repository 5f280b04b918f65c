import type { Effect, Verdict } from '../effect';
import { matchesGlobs } from './glob';
import { effectPlace, type PolicyPlace } from './policy-place';
import { isProtected } from './protected-files';
import type { AgentRights } from './rights';
import { isSecret } from './secret-files';

type FileEffect = Extract<Effect, { readonly path: string }>;

export interface FileContext extends PolicyPlace {
  readonly writes?: readonly string[];
  readonly rights: AgentRights;
}

/** Reading inside is free but for keys; writing is free where the step says so, but for protected files; deleting never is. */
export function judgeFile(effect: FileEffect, context: FileContext): Verdict {
  const { relative, isOwn } = effectPlace(effect.path, context);
  return effect.type === 'read' || effect.type === 'list'
    ? judgeLook(effect, relative, isOwn)
    : judgeChange(effect.type, effect.path, relative, isOwn, context);
}

function judgeLook(effect: FileEffect, relative: string | undefined, isOwn: boolean): Verdict {
  if (isOwn) return ask('own-files', `${effect.path} belongs to Baton`);
  if (relative === undefined) return ask('outside-workspace', `${effect.path} is outside of the workspace`);
  if (isSecret(relative)) return ask('secret-file', `${relative} may hold keys`);
  // Its other name may stand anywhere, also in a folder of keys.
  if ('hardLinked' in effect && effect.hardLinked === true)
    return ask('hard-link', `${relative} has another name, which may be outside of the workspace`);
  return { verdict: 'allow', why: `Reads ${relative === '' ? 'the workspace' : relative}`, rule: 'read' };
}

function judgeChange(
  type: 'write' | 'delete',
  path: string,
  relative: string | undefined,
  isOwn: boolean,
  context: FileContext,
): Verdict {
  if (isOwn) return { verdict: 'deny', why: `${path} belongs to Baton`, rule: 'own-files' };
  if (relative === undefined)
    return { verdict: 'deny', why: `${path} is outside of the workspace`, rule: 'outside-workspace' };
  if (isProtected(relative, context.platform))
    return ask('protected-file', `${relative} can run code or change what agents may do`);
  if (type === 'delete') return ask('delete', `Deletes ${relative}`);
  if (isSecret(relative)) return ask('secret-file', `${relative} may hold keys`);
  if (context.writes === undefined)
    return ask('outside-writes', 'The step does not say which files it writes');
  const lists = [context.writes, ...(context.rights.writes ?? [])];
  return lists.every((globs) => matchesGlobs(globs, relative, { hidden: false }))
    ? { verdict: 'allow', why: `The step may write ${relative}`, rule: 'writes' }
    : ask('outside-writes', `${relative} is not among the files that the step writes`);
}

function ask(rule: string, why: string): Verdict {
  return { verdict: 'ask', why, rule };
}
