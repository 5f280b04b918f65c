/*
 * owns: changing files as one act: what is shown is what is written, or nothing is.
 * must stay true: both images of a file are kept before it is touched; a file that is not what the change was prepared on stays.
 */
import { throwIfAborted } from '../../base/abort';
import type { JsonObject } from '../../base/json';
import { BatonError } from '../../model/errors';
import type { FileChange, PlannedFile } from '../../model/tool-call';
import type { PreparedCall, ToolOutcome, ToolRun, ToolScope } from '../tool';
import { diffOf } from './diff-text';
import { effectsAt, refused, shownPlace, type Place } from './locate';
import { checkNothingHidden } from './hidden-values';
import { decodeText } from './text-file';
import { wrongArguments } from './tool-arguments';
import { visibleText } from './visible-text';

export interface PlannedChange {
  readonly place: Place;
  /** Absent: nothing stands there. */
  readonly before?: Uint8Array;
  /** Absent: the file is deleted. */
  readonly after?: Uint8Array;
}

/** Larger files are not changed by tools: both images are kept for each change. */
export const LARGEST_CHANGE = 5_000_000;

/** The whole content of the ordinary file at a place; undefined when there is none. Throws "tool-arguments" where it cannot be changed. */
export async function readForChange(place: Place): Promise<Uint8Array | undefined> {
  if (place.relative === '') throw wrongArguments('The path names the workspace itself, not a file.');
  const file = await place.files.read(place.relative, LARGEST_CHANGE).catch((error: unknown) => {
    if (error instanceof BatonError && error.code === 'not-a-file')
      throw wrongArguments(`${visibleText(place.relative)} is not an ordinary file.`);
    throw error instanceof BatonError ? refused(place.requested, visibleText(error.message)) : error;
  });
  if (file !== undefined && file.size > file.bytes.length)
    throw wrongArguments(`${visibleText(place.relative)} is too large to be changed (${file.size} bytes).`);
  // A file is put in another's place, which needs no right to write to it: that somebody took that right away is looked at here.
  if (file?.isReadOnly === true)
    throw refused(place.requested, 'It is read-only. Only a person makes it writable again.');
  return file?.bytes;
}

/**
 * The call that makes all the changes or none; those that a person wants left are no part of it. Throws "tool-refused" where a value
 * that Baton hides would be lost.
 */
export function prepareChanges(scope: ToolScope, all: readonly PlannedChange[]): PreparedCall {
  const changes = all.filter(({ place }) => scope.without?.includes(place.relative) !== true);
  for (const change of changes) checkNothingHidden(change.place.requested, change, scope.host.redactor);
  return {
    effects: changes.flatMap((change) =>
      effectsAt(change.after === undefined ? 'delete' : 'write', change.place, scope),
    ),
    shown: { changes: changes.map((change) => shownChange(scope, change)) },
    idempotent: false,
    files: changes.map((change) => plannedFile(scope, change)),
    run: (options) => makeChanges(scope, changes, options),
  };
}

function plannedFile({ host }: ToolScope, { place, before, after }: PlannedChange): PlannedFile {
  return {
    path: place.relative,
    ...(before !== undefined && { before: host.sha256(before) }),
    ...(after !== undefined && { after: host.sha256(after) }),
  };
}

function shownChange(scope: ToolScope, { place, before, after }: PlannedChange): JsonObject {
  return {
    ...shownPlace(place),
    kind: before === undefined ? 'create' : after === undefined ? 'delete' : 'edit',
    ...(place.linkedFrom !== undefined && { link: visibleText(place.linkedFrom) }),
    ...(before !== undefined && { before: scope.host.sha256(before) }),
    ...(after !== undefined && { after: scope.host.sha256(after) }),
    diff: diffOf(place.relative, before, after),
  };
}

async function makeChanges(
  scope: ToolScope,
  changes: readonly PlannedChange[],
  { signal }: ToolRun,
): Promise<ToolOutcome> {
  throwIfAborted(signal);
  const kept: FileChange[] = [];
  for (const change of changes) kept.push(await keepImages(scope, change));
  throwIfAborted(signal);
  const done: PlannedChange[] = [];
  for (const change of changes) {
    try {
      if (await makeChange(scope, change)) done.push(change);
    } catch (error) {
      await takeBack(scope, done);
      const told = asToolChanged(error);
      if (!(told instanceof BatonError) || told.code === 'tool-changed') throw told;
      // No rights, a full disk: the model may try something else.
      const text = `${change.place.relative} could not be changed (${told.code}). Nothing was changed.`;
      return { text, isError: true, isForeign: false };
    }
  }
  return {
    text: changes.map(sentence).join('\n'),
    isError: false,
    changes: kept,
    isForeign: false,
  };
}

async function keepImages(scope: ToolScope, { place, before, after }: PlannedChange): Promise<FileChange> {
  const keep = (bytes: Uint8Array) =>
    scope.putArtifact(
      place.relative,
      decodeText(bytes) === undefined ? 'application/octet-stream' : 'text/plain',
      bytes,
    );
  return {
    path: place.relative,
    ...(before !== undefined && { before: await keep(before) }),
    ...(after !== undefined && { after: await keep(after) }),
  };
}

/** False when it was done already, by an earlier try of this very call. */
async function makeChange({ host }: ToolScope, { place, before, after }: PlannedChange): Promise<boolean> {
  const expected = before === undefined ? undefined : host.sha256(before);
  try {
    if (after !== undefined) await place.files.write(place.relative, after, expected);
    else if (expected !== undefined) await place.files.remove(place.relative, expected);
    return true;
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'file-changed') throw error;
    const now = await place.files.read(place.relative, LARGEST_CHANGE + 1);
    const isDone =
      now === undefined
        ? after === undefined
        : after !== undefined && host.sha256(now.bytes) === host.sha256(after);
    if (!isDone) throw error;
    return false;
  }
}

async function takeBack({ host }: ToolScope, done: readonly PlannedChange[]): Promise<void> {
  for (const { place, before, after } of [...done].reverse()) {
    const now = after === undefined ? undefined : host.sha256(after);
    try {
      if (before !== undefined) await place.files.write(place.relative, before, now);
      else if (now !== undefined) await place.files.remove(place.relative, now);
    } catch (error) {
      host.log.warn(`Could not take back the change of ${place.relative}: ${String(error)}`);
    }
  }
}

/** What was prepared cannot be done any more, as the port of tools says it. */
export function asToolChanged(error: unknown): unknown {
  // The last ones: a folder on the way went away in the middle of it.
  const codes = ['file-changed', 'path-moved', 'not-a-file', 'enoent', 'enotdir', 'eloop'];
  return error instanceof BatonError && codes.includes(error.code)
    ? new BatonError('tool-changed', `${error.message} Nothing was changed; look again and retry.`, {
        cause: error,
      })
    : error;
}

function sentence({ place, before, after }: PlannedChange): string {
  const path = place.relative;
  if (after === undefined) return `Deleted ${path}.`;
  return `${before === undefined ? 'Created' : 'Changed'} ${path} (${after.length} bytes).`;
}
