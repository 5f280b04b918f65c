import { formatDiagnostic, type Diagnostic } from '../core/model/diagnostic';
import { messageOf } from '../core/model/errors';
import type { WorkflowText } from '../core/runtime-port';
import { Refused, resolveFrom, type Context } from './context';
import { EXIT } from './exit-code';
import { visibleLine } from './show/visible';

/** A workflow file as the core wants it: its text, and its path in the workspace (or absolute when it lies outside). */
export async function readWorkflow(context: Context, file: string): Promise<WorkflowText> {
  const { files } = context.host;
  const full = resolveFrom(context, file);
  if ((await files.stat(full))?.kind === 'directory')
    throw new Refused(
      EXIT.usage,
      `${visibleLine(file)} is a folder. Name a file in it: FILE is one workflow.`,
    );
  const bytes = await files.read(full).catch((error: unknown) => {
    throw new Refused(EXIT.usage, messageOf(error));
  });
  if (bytes === undefined) throw new Refused(EXIT.usage, `There is no file ${visibleLine(file)}.`);
  const relative = files.relative(
    (await files.realPath(context.workspace)) ?? context.workspace,
    (await files.realPath(full)) ?? full,
  );
  const path = (isOutside(relative) ? full : relative).replaceAll('\\', '/');
  return { text: new TextDecoder().decode(bytes), path };
}

function isOutside(relative: string): boolean {
  return relative === '' || relative.startsWith('..') || /^([A-Za-z]:|\/|\\)/.test(relative);
}

/** Every diagnostic on standard error, where editors and terminals make a link of it. */
export function tellDiagnostics(context: Context, file: string, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    context.terminal.tell(visibleLine(formatDiagnostic(file, diagnostic)));
  }
}
