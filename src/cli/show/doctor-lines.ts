import { compatibleServer, DEFAULT_PROVIDERS } from '../../core/providers/settings/default-settings';
import type { ListedServer, ProviderStatus } from '../../core/runtime-port';
import type { Examination } from '../doctor/examination';
import { fixFor, PROVIDER_WORDS } from './provider-lines';
import { padTo, widthOf, type Style } from './style';
import { visibleLine } from './visible';
import { countOf, type StatusWord } from './words';

type Mark = Pick<StatusWord, 'mark' | 'tone'>;

const GOOD: Mark = { mark: '✓', tone: 'good' };
const BAD: Mark = { mark: '✗', tone: 'bad' };
const OPEN: Mark = { mark: '○', tone: 'quiet' };
const ODD: Mark = { mark: '!', tone: 'asking' };

interface Row {
  readonly mark: Mark;
  readonly name: string;
  readonly text: string;
  /** What to do about it. */
  readonly fix?: string;
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** What was found, a section for each part, at most `width` columns wide. */
export function doctorLines(
  found: Examination,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const sections = [
    machineSection(found),
    modelsSection(found),
    agentsSection(found),
    ...toolSections(found),
  ];
  const notes = found.notes.map((note): Row => ({ mark: ODD, name: '', text: note }));
  if (notes.length > 0) sections.push({ title: 'Settings', rows: notes });
  const lines = sections.flatMap(({ title, rows }) => [
    style.bold(title),
    ...rowLines(rows, style, width),
    '',
  ]);
  const { faults } = found;
  if (faults.length === 0) return [...lines, style.tone('good', 'A run can be started.')];
  const many = faults.length === 1 ? 'One thing does' : `${faults.length} things do`;
  return [
    ...lines,
    style.tone('bad', `${many} not work:`),
    ...rowLines(
      faults.map((text) => ({ mark: BAD, name: '', text })),
      style,
      width,
    ),
  ];
}

function machineSection({ machine, stateFolder, damagedRuns, owner, workspace }: Examination): Section {
  const { baton, node, git } = machine;
  return {
    title: `Baton ${baton}`,
    rows: [
      { mark: GOOD, name: 'folder', text: workspace },
      stateFolder === undefined
        ? { mark: BAD, name: 'state', text: 'cannot be opened' }
        : {
            mark: GOOD,
            name: 'state',
            text: `${stateFolder}${owner === undefined ? '' : ` (owned by ${owner})`}`,
          },
      // No fault: other runs are not touched by it.
      ...(damagedRuns.length === 0
        ? []
        : [
            {
              mark: ODD,
              name: 'runs',
              text: `Records of ${countOf(damagedRuns.length, 'run')} are lost: ${damagedRuns.join(', ')}`,
              fix: 'See what is left: baton status RUN',
            },
          ]),
      node.isEnough
        ? { mark: GOOD, name: 'Node.js', text: node.version }
        : { mark: BAD, name: 'Node.js', text: `${node.version}, needs ${node.oldest} or newer` },
      git === undefined
        ? { mark: OPEN, name: 'git', text: 'not found. Only steps that use it need it.' }
        : { mark: GOOD, name: 'git', text: git },
    ],
  };
}

function modelsSection({ providers, automatic }: Examination): Section {
  const rows = providers.map((status): Row => {
    const { word, ...mark } = PROVIDER_WORDS[status.state];
    const model = status.model === undefined ? '' : `, ${status.model}`;
    if (status.state === 'ready') return { mark, name: status.title, text: `${word}${model}` };
    const text = [word, fixFor(status, keyNameOf(status))].filter((one) => one !== undefined).join('. ');
    return { mark, name: status.title, text };
  });
  const why = automatic?.why.at(-1);
  const choice: Row[] =
    automatic === undefined
      ? []
      : [
          {
            mark: GOOD,
            name: 'automatic',
            text: why ?? 'Local engine: rules, no AI model',
          },
        ];
  return { title: 'Models', rows: [...rows, ...choice] };
}

function agentsSection({ agents, agentNotes }: Examination): Section {
  const own = agents.filter(({ source }) => source !== 'baton');
  const baton = agents.length - own.length;
  return {
    title: 'Agents',
    rows: [
      ...(baton > 0 ? [{ mark: GOOD, name: 'Baton’s own', text: String(baton) }] : []),
      ...own.map(({ name, source, replaces }): Row => ({
        mark: GOOD,
        name,
        text: `${source}${replaces === true ? ', instead of Baton’s' : ''}`,
      })),
      ...agentNotes.map(({ text, isFault }): Row => ({ mark: isFault ? BAD : ODD, name: '', text })),
    ],
  };
}

function toolSections({ tools }: Examination): Section[] {
  if (tools === undefined) return [];
  const own = tools.usable.map(({ name }) => name).filter((name) => !name.startsWith('mcp_'));
  const usable: Row = { mark: GOOD, name: countOf(own.length, 'tool'), text: own.join(', ') };
  const missing = tools.missing.map(({ name, why, fix }): Row => ({ mark: OPEN, name, text: why, fix }));
  const { languages, kind } = tools.code;
  const who = kind === 'parser' ? 'by a parser; in the editor by its language services' : 'by the editor';
  const code: Row = {
    mark: GOOD,
    name: 'code',
    text: `${languages.length === 0 ? 'every language with an extension' : languages.join(', ')}, ${who}`,
  };
  const sections = [{ title: 'Tools', rows: [usable, ...missing, code] }];
  if (tools.servers.length > 0) sections.push({ title: 'MCP servers', rows: tools.servers.map(serverRow) });
  return sections;
}

function serverRow({ name, tools, faults }: ListedServer): Row {
  const text = [...(tools > 0 ? [countOf(tools, 'tool')] : []), ...faults].join('; ');
  const mark = faults.length === 0 ? GOOD : tools > 0 ? ODD : BAD;
  return { mark, name, text: text === '' ? 'offers no tool' : text };
}

function keyNameOf({ name }: ProviderStatus): string | undefined {
  const known = DEFAULT_PROVIDERS.find((settings) => settings.name === name);
  return (known ?? compatibleServer(name, 0)).keyNames[0];
}

/** A longer name than this stands on a line of its own. */
const LONGEST_NAME = 22;

function rowLines(rows: readonly Row[], style: Style, width: number): string[] {
  const names = rows.map(({ name }) => widthOf(visibleLine(name))).filter((its) => its <= LONGEST_NAME);
  const column = Math.max(0, ...names);
  const indent = column === 0 ? 4 : column + 6;
  return rows.flatMap(({ mark, name, text, fix }) => {
    const shown = visibleLine(name);
    const marked = style.tone(mark.tone, mark.mark);
    const lines = [
      ...wrapped(visibleLine(text), width - indent),
      ...(fix === undefined ? [] : wrapped(visibleLine(fix), width - indent).map((line) => style.dim(line))),
    ];
    const head = column === 0 ? `  ${marked} ` : `  ${marked} ${padTo(shown, column)}  `;
    const rest = lines.map((line) => `${' '.repeat(indent)}${line}`);
    if (widthOf(shown) > column) return [`  ${marked} ${shown}`, ...rest];
    return [`${head}${lines[0] ?? ''}`.trimEnd(), ...rest.slice(1)];
  });
}

/** Lines of at most `width` columns, broken between words; a longer word stands alone, for a path that is broken is none. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
