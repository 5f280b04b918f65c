import { isToolName, READING_TOOLS, TOOL_NAMES } from '../profile/tool-names';

const EDITS = ['write_file', 'edit_file', 'apply_patch'];
const WEB = ['fetch_page', 'web_search'];

/** What other programs' names for tools are here, in lower case. Nothing of it gives more than the name says. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['read', ['read_file']],
  ['readfile', ['read_file']],
  ['grep', ['search_files']],
  ['glob', ['list_files']],
  ['ls', ['list_files']],
  ['listdirectory', ['list_files']],
  ['filesearch', ['list_files']],
  ['textsearch', ['search_files']],
  ['search', ['list_files', 'search_files', 'find_symbols', 'find_references']],
  ['codebase', ['search_files', 'find_symbols']],
  ['usages', ['find_references', 'find_definition']],
  ['problems', ['get_diagnostics']],
  ['edit', EDITS],
  ['editfiles', EDITS],
  ['createfile', ['write_file']],
  ['multiedit', ['edit_file']],
  ['write', ['write_file']],
  ['bash', ['run_command']],
  ['execute', ['run_command', 'run_build', 'run_tests']],
  ['runcommands', ['run_command']],
  ['runinterminal', ['run_command']],
  ['runtasks', ['run_build']],
  ['runtests', ['run_tests']],
  ['web', WEB],
  ['fetch', ['fetch_page']],
  ['webfetch', ['fetch_page']],
  ['websearch', ['web_search']],
  ['githubrepo', ['github_search_code']],
  ['agent', ['delegate']],
  ['task', ['delegate']],
  ['runsubagent', ['delegate']],
]);
/** Names that stand for nothing an agent could touch here. */
const NOTHING = new Set([
  'todo',
  'todos',
  'todowrite',
  'think',
  'vscode',
  'notebookread',
  'notebookedit',
  'new',
]);

export type OwnTool =
  | { readonly tools: readonly string[] }
  /** A tool of a server that the person may have set up: `server/tool`, `server/*`. */
  | { readonly server: string }
  | { readonly unknown: string };

/** What one entry of `tools:` in a person's agent file means. A name with conditions (`Bash(git log:*)`) is not read as the whole tool. */
export function ownTool(name: string): OwnTool {
  const trimmed = name.trim();
  if (trimmed === '*') return { tools: [...TOOL_NAMES] };
  if (isToolName(trimmed)) return { tools: [trimmed] };
  const word = trimmed.toLowerCase().replace(/^#/, '');
  const known = OTHER_NAMES.get(word);
  if (known !== undefined) return { tools: known };
  if (NOTHING.has(word)) return { tools: [] };
  const [set = '', tool = '', ...more] = word.split('/');
  // "search/codebase" is a tool of the editor's own set; the set alone gives no more than the tool.
  if (more.length === 0 && tool !== '' && (OTHER_NAMES.has(set) || NOTHING.has(set)))
    return tool === '*' ? { tools: OTHER_NAMES.get(set) ?? [] } : ownTool(tool);
  const [mcp, server, ...its] = trimmed.split('__');
  if (
    mcp === 'mcp' &&
    server !== undefined &&
    /^[\w.-]{1,64}$/.test(server) &&
    /^[\w.*-]{0,64}$/.test(its.join('__'))
  )
    return { server: `${server}/${its.join('__') || '*'}` };
  if (/^[\w.-]{1,64}\/(?:[\w.-]{1,64}|\*)$/.test(trimmed)) return { server: trimmed };
  return { unknown: trimmed };
}

/** What an agent may use that names no tools: it looks, and touches nothing. */
export const TOOLS_UNLESS_NAMED: readonly string[] = READING_TOOLS;
