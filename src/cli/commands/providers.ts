import { CancelledError } from '../../core/base/abort';
import { messageOf } from '../../core/model/errors';
import { compatibleServer, DEFAULT_PROVIDERS } from '../../core/providers/settings/default-settings';
import type { Models, ProviderStatus } from '../../core/runtime-port';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { fixFor, providerLines, type ProviderRow } from '../show/provider-lines';
import { visibleJson, visibleLine } from '../show/visible';

type Tested = NonNullable<ProviderRow['tested']>;

/** `baton providers`: who can be asked, why not, and what to do; with `test`, whether they answer. */
export async function providers(context: Context, options: { readonly test: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  const { models } = await context.open('see');
  const tested = options.test ? await testAll(context, models) : new Map<string, Tested>();
  // After the tests: what they found out counts.
  const [statuses, automatic, notes] = await Promise.all([
    models.status(),
    models.automatic(),
    models.notes(),
  ]);
  if (context.json) {
    const listed = statuses.map((status) => {
      const result = tested.get(status.name);
      return { ...status, ...(result && { tested: result }) };
    });
    terminal.print(visibleJson({ providers: listed, automatic, notes }, 2));
    return exitCode(tested);
  }
  if (statuses.length === 0) terminal.print('No model can be asked here.');
  const rows = statuses.map((status): ProviderRow => {
    const fix = fixFor(status, keyNameOf(status));
    const result = tested.get(status.name);
    return { status, ...(fix !== undefined && { fix }), ...(result && { tested: result }) };
  });
  const now = context.host.clock.now();
  for (const line of providerLines(rows, { style: terminal.style, now })) terminal.print(line);
  terminal.print('');
  terminal.print(
    `When a step names nobody: ${visibleLine(automatic.why.at(-1) ?? 'Local engine: rules, no AI model')}`,
  );
  for (const reason of automatic.why.slice(0, -1)) terminal.print(`  ${visibleLine(reason)}`);
  for (const note of notes) terminal.tell(visibleLine(note));
  return exitCode(tested);
}

/** Asks everyone that could answer, all at once; Ctrl-C ends it. */
async function testAll(context: Context, models: Models): Promise<ReadonlyMap<string, Tested>> {
  const ending = new AbortController();
  const listening = context.onInterrupt(() => ending.abort(new CancelledError()));
  try {
    const asked = (await models.status()).filter(({ state }) => !NOBODY_THERE.includes(state));
    const results = await Promise.all(
      asked.map(async ({ name }) => [name, await test(models, name, ending.signal)] as const),
    );
    return new Map(results);
  } finally {
    listening.dispose();
  }
}

const NOBODY_THERE: readonly ProviderStatus['state'][] = ['disabled', 'no-key', 'no-models', 'no-consent'];

async function test(models: Models, name: string, signal: AbortSignal): Promise<Tested> {
  try {
    const { latencyMs, detail } = await models.test(name, { signal });
    return { answers: true, detail: `${Math.round(latencyMs)} ms, ${detail}` };
  } catch (error) {
    return { answers: false, detail: messageOf(error) };
  }
}

/** Where a script can tell: 1 when somebody who was asked did not answer. */
function exitCode(tested: ReadonlyMap<string, Tested>): ExitCode {
  return [...tested.values()].every(({ answers }) => answers) ? EXIT.completed : EXIT.failed;
}

function keyNameOf({ name }: ProviderStatus): string | undefined {
  const known = DEFAULT_PROVIDERS.find((settings) => settings.name === name);
  return (known ?? compatibleServer(name, 0)).keyNames[0];
}
