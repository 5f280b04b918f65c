/** A note about settings, taken apart so that a narrow row shows first what it is about. */
export interface NoteParts {
  /** "baton.policy.commands"; absent where the note names no setting. */
  readonly setting?: string;
  /** File of the folder in which it stands, relative to the folder. */
  readonly file?: string;
  /** 1-based, where the note tells it. */
  readonly line?: number;
  /** The rest of the sentence. */
  readonly text: string;
}

const FILE = /^((?:[^\s:"]+\/)?[^\s:"/]+\.(?:json|code-workspace))(?::(\d+):\d+)?:? /;
/** How notes call the files of a folder whose name they do not tell. */
const CALLED: readonly (readonly [start: string, file: string])[] = [
  ["This workspace's settings: ", '.vscode/settings.json'],
  ["This folder's settings: ", '.vscode/settings.json'],
  ['This workspace: ', 'baton.config.json'],
];
const YOURS = 'Your settings: ';
const PATH = /^"(?:baton\.)?([A-Za-z][\w.-]*)[^"]*" (?:is |must |cannot )?/;

/** `known`: names of settings without "baton."; the longest one with which a path begins is what the note is about. */
export function notePartsOf(note: string, known: readonly string[]): NoteParts {
  const found = FILE.exec(note);
  const called = CALLED.find(([start]) => note.startsWith(start));
  const start = found?.[0] ?? called?.[0] ?? (note.startsWith(YOURS) ? YOURS : '');
  const file = found?.[1] ?? called?.[1];
  const rest = note.slice(start.length);
  const path = PATH.exec(rest)?.[1];
  const setting =
    path === undefined
      ? undefined
      : known
          .filter((name) => path === name || path.startsWith(`${name}.`))
          .reduce<string | undefined>(
            (longest, name) => (name.length > (longest?.length ?? 0) ? name : longest),
            undefined,
          );
  return {
    ...(setting !== undefined && { setting: `baton.${setting}` }),
    ...(file !== undefined && { file }),
    ...(found?.[2] !== undefined && { line: Number(found[2]) }),
    text: rest,
  };
}
