/** What a version range of npm leaves open. */
export type Looseness =
  | { readonly kind: 'pinned' }
  /** Anything that is ever published under the name. */
  | { readonly kind: 'anything'; readonly why: string }
  /** A lower bound alone. */
  | { readonly kind: 'open-ended' }
  /** A repository, by something that moves. */
  | { readonly kind: 'moving'; readonly what: string }
  /** An address that nothing checks. */
  | { readonly kind: 'address'; readonly plain: boolean }
  | { readonly kind: 'local' };

const pinned: Looseness = { kind: 'pinned' };

/** Judges a range as written in package.json. Caret, tilde and bounded ranges count as pinned: the lockfile holds them. */
export function looseness(range: string): Looseness {
  const text = range.trim();
  if (/^(?:file|link|portal):/.test(text) || /^\.{0,2}\//.test(text)) return { kind: 'local' };
  if (/^(?:workspace|catalog|patch|jsr):/.test(text)) return pinned;
  const alias = /^npm:(?:@[^/@]+\/)?[^@]+(?:@(.*))?$/.exec(text);
  if (alias !== null) return looseness(alias[1] ?? '');
  if (isRepository(text)) return repository(text);
  if (/^https?:/.test(text)) return { kind: 'address', plain: text.startsWith('http:') };
  if (text === '') return { kind: 'anything', why: 'no version at all' };
  return (
    text
      .split('||')
      .map((part) => alternative(part.trim()))
      .find((one) => one.kind !== 'pinned') ?? pinned
  );
}

function alternative(part: string): Looseness {
  if (/^v?[*xX](?:\.[*xX]){0,2}$/.test(part) || part === '') return { kind: 'anything', why: `"${part}"` };
  if (/^>=?\s*0(?:\.0){0,2}$/.test(part)) return { kind: 'anything', why: `"${part}"` };
  if (/^[a-z][\w-]*$/i.test(part) && !/^v\d/.test(part))
    return { kind: 'anything', why: `the tag "${part}"` };
  if (
    />/.test(part) &&
    !/</.test(part) &&
    !/\s-\s/.test(part) &&
    !/[~^=]\s*\d/.test(part.replace(/>=/g, '>'))
  ) {
    return { kind: 'open-ended' };
  }
  return pinned;
}

const isRepository = (text: string): boolean =>
  /^(?:git(?:\+\w+)?:|git@|github:|gitlab:|bitbucket:|gist:|ssh:)/.test(text) ||
  /^https?:\/\/[^#]+\.git(?:#|$)/.test(text) ||
  /^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(text);

function repository(text: string): Looseness {
  const mark = text.includes('#') ? text.slice(text.indexOf('#') + 1) : '';
  if (/^[0-9a-f]{7,64}$/i.test(mark)) return pinned;
  return { kind: 'moving', what: mark === '' ? 'its default branch' : `"${mark}"` };
}
