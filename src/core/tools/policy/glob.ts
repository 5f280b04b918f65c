import picomatch from 'picomatch';

const LONGEST = 1_000;

/**
 * True when a path (relative, forward slashes) fits one of the globs and none of those that begin with "!".
 * `hidden`: whether "*" also means names that begin with a dot. What is allowed is matched without, what is forbidden with it.
 */
export function matchesGlobs(
  globs: readonly string[],
  relative: string,
  options: { readonly hidden: boolean; readonly foldsCase?: boolean },
): boolean {
  const fits = (glob: string) => fitsGlob(glob, relative, options);
  return (
    globs.some((glob) => !glob.startsWith('!') && fits(glob)) &&
    !globs.some(
      (glob) => glob.startsWith('!') && fitsGlob(glob.slice(1), relative, { ...options, hidden: true }),
    )
  );
}

function fitsGlob(
  glob: string,
  relative: string,
  options: { readonly hidden: boolean; readonly foldsCase?: boolean },
): boolean {
  const plain = glob.trim().replace(/^(?:\.\/)+/, '');
  if (plain === '' || plain.length > LONGEST) return false;
  // A folder means everything in it.
  const whole = plain.endsWith('/') ? `${plain}**` : plain;
  const matches = picomatch(whole, {
    dot: options.hidden,
    nocase: options.foldsCase ?? false,
    // Groups like +(a) can take exponential time.
    noextglob: true,
    nonegate: true,
  });
  return matches(relative);
}
