import type { ListedAgent } from '../../core/agents/own/agent-profiles';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { columns, fit } from '../show/style';
import { visibleJson, visibleLine } from '../show/visible';

/** `baton agents`: whom a step can name, and where each comes from. */
export async function agents(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { agents: folder } = await context.open('see');
  const listed = await folder.list();
  const notes = folder.notes;
  if (context.json) {
    terminal.print(visibleJson({ agents: listed, notes }, 2));
    return EXIT.completed;
  }
  const own = listed.filter(({ source }) => source !== 'baton');
  const baton = listed.filter(({ source }) => source === 'baton');
  const rows = (some: readonly ListedAgent[]) =>
    columns(some.map(({ name, description }) => [visibleLine(name), visibleLine(description)]));
  for (const line of rows(baton)) terminal.print(fit(line, terminal.width()));
  if (own.length > 0) terminal.print('\nOf this folder');
  for (const [index, line] of rows(own).entries()) {
    const { source, replaces } = own[index] ?? { source: '' };
    terminal.print(fit(line, terminal.width()));
    const place = `    ${visibleLine(source)}${replaces === true ? ', instead of Baton’s own' : ''}`;
    terminal.print(terminal.style.dim(place));
  }
  for (const { text } of notes) terminal.tell(visibleLine(text));
  return EXIT.completed;
}
