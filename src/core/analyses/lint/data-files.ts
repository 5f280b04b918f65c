import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { mask } from '../text/mask';
import { indentOf } from '../text/python-lines';
import { Remarks } from '../text/remarks';
import { readJson } from '../text/json-text';

/** JSON and YAML that cannot be read, or say two things under one name. */
export function lintData(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  if (file.language === 'json') json(file, remarks);
  else if (file.language === 'yaml') yaml(file, remarks);
  return remarks.findings;
}

/** Files of tools that allow comments and trailing commas. */
const lenient =
  /(?:^|\/)(?:\.vscode\/|\.devcontainer\/|[tj]sconfig[^/]*\.json$|\.eslintrc|\.babelrc|\.swcrc|deno\.jsonc?$|[^/]*\.code-workspace$|wrangler\.json|turbo\.json|angular\.json|language-configuration\.json)|\.json[c5]$/;

function json(file: SourceFile, remarks: Remarks): void {
  if (lenient.test(file.path) || file.text.trim() === '') return;
  const { fault, duplicates } = readJson(file.text);
  if (fault !== undefined) {
    // Fixtures are broken on purpose.
    if (!file.isTest)
      remarks.add('lint/parse-error', 'high', fault.line, `This is no JSON: ${fault.message}.`);
    return;
  }
  for (const { key, line } of duplicates) {
    remarks.add(
      'lint/duplicate-key',
      'high',
      line,
      `The key "${key}" stands twice; only the last one counts.`,
    );
  }
}

function yaml(file: SourceFile, remarks: Remarks): void {
  // Templates look like YAML and are none yet.
  if (/\{\{-?\s|<%|\{%/.test(file.text)) return;
  const { code } = mask(file.text, 'yaml');
  let open: { indent: number; keys: Set<string>; isItem: boolean }[] = [];
  let literal = -1;
  let flow = 0;
  code.forEach((line, index) => {
    const text = file.lines[index] ?? '';
    if (text.trim() === '' || text.length > 2_000) return;
    const indent = indentOf(text);
    if (literal >= 0 && indent > literal) return;
    literal = -1;
    if (/^\s*\t/.test(text)) {
      remarks.add(
        'lint/parse-error',
        'high',
        index + 1,
        'YAML allows no tabs in the indentation.',
        'Use blanks.',
      );
      return;
    }
    if (/^(?:---|\.\.\.)/.test(text)) {
      open = [];
      return;
    }
    const wasInFlow = flow > 0;
    flow = Math.max(0, flow + (line.match(/[[{]/g) ?? []).length - (line.match(/[\]}]/g) ?? []).length);
    if (wasInFlow || /^\s*#/.test(text)) return;
    const [, blanks = '', dash = '', quoted] =
      /^(\s*)((?:-\s+)*)("[^"]{1,200}"|'[^']{1,200}'|[A-Za-z_$.][\w $./-]{0,200}?)\s*:(?:\s|$)/.exec(text) ??
      [];
    const depth = blanks.length + dash.length;
    if (/[|>][+-]?\d?\s*$/.test(line)) literal = quoted === undefined ? indent : depth;
    if (quoted === undefined) {
      if (/^\s*-/.test(text)) open = open.filter((one) => one.indent <= indent);
      return;
    }
    open = open.filter((one) => one.indent < depth || (one.indent === depth && dash === ''));
    const mapping = open.find((one) => one.indent === depth);
    const key = quoted.replace(/^["']|["']$/g, '');
    if (mapping === undefined) open.push({ indent: depth, keys: new Set([key]), isItem: dash !== '' });
    else if (mapping.keys.has(key) && key !== '<<') {
      remarks.add(
        'lint/duplicate-key',
        'high',
        index + 1,
        `The key "${key}" stands twice in the same mapping.`,
      );
    } else mapping.keys.add(key);
  });
}
