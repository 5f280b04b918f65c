import type { Tool, ToolOutcome } from '../tool';
import { globMatcher } from './glob-match';
import { effectsAt, locate, shownPlace, type Place } from './locate';
import { checkArguments, numberOf, optionalText } from './tool-arguments';
import { walkTree } from './walk-tree';

const MOST_SHOWN = 1_000;
const DEEPEST = 30;

/** Names what lies below a folder. */
export const listFilesTool: Tool = {
  declaration: {
    name: 'list_files',
    description: `Lists files and folders of the workspace (folders end with /), without what .gitignore names. At most ${MOST_SHOWN} names.`,
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Folder relative to the workspace. Default: the workspace.' },
        depth: {
          type: 'integer',
          description: 'Levels of folders. Default: 3.',
          minimum: 1,
          maximum: DEEPEST,
        },
        glob: { type: 'string', description: 'Only files that fit, such as src/**/*.ts or *.md.' },
        include_ignored: { type: 'boolean', description: 'Also what .gitignore names. Default: false.' },
      },
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const place = await locate(optionalText(args, 'path') ?? '.', scope);
    const glob = optionalText(args, 'glob');
    const fits = glob === undefined ? undefined : globMatcher(glob);
    // Whoever asks for certain files wants them from every depth.
    const maxDepth = numberOf(args, 'depth', fits === undefined ? 3 : DEEPEST);
    const includesIgnored = args['include_ignored'] === true;
    return {
      effects: effectsAt('list', place, scope),
      shown: { ...shownPlace(place), depth: maxDepth, includesIgnored, ...(glob !== undefined && { glob }) },
      idempotent: true,
      run: ({ signal }) => list(place, { maxDepth, includesIgnored, fits, signal }),
    };
  },
};

interface Listing {
  readonly maxDepth: number;
  readonly includesIgnored: boolean;
  readonly fits: ((path: string) => boolean) | undefined;
  readonly signal: AbortSignal;
}

async function list(
  place: Place,
  { maxDepth, includesIgnored, fits, signal }: Listing,
): Promise<ToolOutcome> {
  const told = place.relative === '' ? 'The workspace' : place.relative;
  if (place.stat === undefined) return problem(`There is no folder ${told}.`);
  if (place.stat.kind !== 'directory') return problem(`${told} is a file. Use read_file.`);
  const names: string[] = [];
  let isCut = false;
  const walk = { files: place.files, start: place.relative, maxDepth, includesIgnored, signal };
  for await (const { path, kind } of walkTree(walk)) {
    if (fits !== undefined && (kind === 'directory' || !fits(path))) continue;
    if (names.length >= MOST_SHOWN) {
      isCut = true;
      break;
    }
    // A line end in a name would look like two names.
    names.push(
      `${path.replaceAll(/[\r\n]/g, '?')}${kind === 'directory' ? '/' : kind === 'symlink' ? ' (link)' : ''}`,
    );
  }
  const head = isCut
    ? `${told}: the first ${MOST_SHOWN} names. Ask for a folder or a glob to see others.`
    : `${told}: ${names.length} ${names.length === 1 ? 'name' : 'names'}.`;
  return {
    text: [head, ...names].join('\n'),
    isError: false,
    data: { path: place.relative, names: names.length, isCut },
    isForeign: true,
  };
}

function problem(text: string): ToolOutcome {
  return { text, isError: true, isForeign: true };
}
