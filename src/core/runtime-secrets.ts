/*
 * owns: that every key and secret which is read is known to the redactor, and that a run begins only with the secrets it names.
 * does not own: where they are kept (the doors), and who hides them (each sink).
 */
import type { Redactor } from './base/redactor';
import { SHORTEST_SECRET } from './base/redactor';
import type { NewRun } from './engine/engine';
import type { Host } from './host';
import type { Diagnostic } from './model/diagnostic';
import { messageOf } from './model/errors';
import type { Step } from './model/workflow';
import type { ModelSource } from './providers/model-settings';
import type { Refusal } from './runtime-port';
import { howToSetSecret, secretsOf } from './workflow/secrets';

/** The same source; what it gives is hidden everywhere from then on. */
export function watchSource(source: ModelSource, redactor: Redactor): ModelSource {
  return {
    settings: () => source.settings(),
    async key(provider) {
      const key = await source.key(provider);
      if (key !== undefined) redactor.add(key, provider.keyNames[0] ?? `${provider.name}.key`);
      return key;
    },
    async secret(name) {
      const value = await source.secret(name);
      if (value !== undefined) redactor.add(value, name);
      return value;
    },
    ...(source.editorModels && { editorModels: source.editorModels }),
    ...(source.onDidChange && { onDidChange: source.onDidChange }),
  };
}

/**
 * Reads every key once, so that a command that comes upon one in a file of its own prints it nowhere, also before any model was asked.
 * A key of the environment counts also where the secret storage has another one.
 */
export async function rememberKeys(
  source: ModelSource,
  host: Pick<Host, 'env' | 'log'>,
  redactor: Redactor,
): Promise<void> {
  try {
    const { providers } = await source.settings();
    for (const provider of providers) {
      for (const name of provider.keyNames) redactor.add(host.env(name) ?? '', name);
      await source.key(provider);
    }
  } catch (error) {
    // Whoever needs the keys reads them again, and says what is wrong.
    host.log.warn(`The keys of providers could not be read: ${messageOf(error)}`);
  }
}

/** The run with what there is to say about its secrets, or why it does not begin. A rehearsal needs none. */
export async function withSecrets(
  run: NewRun,
  source: ModelSource,
  redactor: Redactor,
): Promise<{ readonly run: NewRun } | { readonly refusal: Refusal }> {
  if (run.rehearsal) return { run };
  const missing: string[] = [];
  const notes: string[] = [];
  for (const name of secretsOf(run.definition.env)) {
    const value = await source.secret(name);
    if (value === undefined) missing.push(name);
    else if (value.trim().length < SHORTEST_SECRET)
      notes.push(
        `The secret "${name}" is shorter than ${SHORTEST_SECRET} characters: it cannot be hidden in what commands print.`,
      );
  }
  if (missing.length > 0)
    return refused(missing.map((name) => fault('secret-missing', howToSetSecret(name), 1)));
  const written = writtenOut(run, redactor);
  if (written.length > 0) return refused(written);
  if (redactor.json(run.inputs) !== run.inputs)
    notes.push(
      'A value given as input is a secret: it is hidden, also from the steps. Use "secrets.NAME" in "env:".',
    );
  return { run: notes.length === 0 ? run : { ...run, notes: [...run.notes, ...notes] } };
}

/**
 * Where a file itself holds a secret's value in what is done: hidden there, something else would be done than the file says.
 * In prompts and texts for people it is hidden without a word.
 */
function writtenOut({ definition, source }: NewRun, redactor: Redactor): readonly Diagnostic[] {
  const holds = (value: unknown) => redactor.json(value) !== value;
  const hint = 'Keep the value as a secret and write "${{ secrets.NAME }}" under "env:".';
  const faults = Object.entries(definition.env)
    .filter(([, value]) => holds(value))
    .map(([name]) =>
      fault('secret-in-file', `The variable "${name}" holds the value of a secret. ${hint}`, 1),
    );
  const done = ({ run, with: given, condition }: Step) => holds([run ?? '', given, condition ?? '']);
  for (const step of definition.steps)
    if (done(step)) {
      const message = `The step "${step.key}" holds the value of a secret. ${hint}`;
      faults.push(fault('secret-in-file', message, source.lines[step.key] ?? 1));
    }
  return faults;
}

function refused(diagnostics: readonly Diagnostic[]): { readonly refusal: Refusal } {
  const message = diagnostics.map((diagnostic) => diagnostic.message).join(' ');
  return { refusal: { code: 'secrets', message, diagnostics } };
}

function fault(code: string, message: string, line: number): Diagnostic {
  const at = { line, column: 1 };
  return { severity: 'error', code, message, range: { start: at, end: at } };
}
