import { toJson } from '../../base/json';
import { lintCodebase } from '../../analyses/lint/lint-codebase';
import { readSource } from '../../analyses/source-file';
import { checkArguments, textOf, wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import type { Tool } from '../tool';

const extensions: Readonly<Record<string, string>> = {
  javascript: 'js',
  jsx: 'jsx',
  typescript: 'ts',
  tsx: 'tsx',
  python: 'py',
  json: 'json',
  yaml: 'yaml',
  java: 'java',
  go: 'go',
  rust: 'rs',
  shell: 'sh',
};
const parsed: ReadonlySet<string> = new Set(['javascript', 'jsx', 'typescript', 'tsx', 'json']);
const LONGEST = 1_000_000;
const MOST_TOLD = 100;

/** Looks at a text as the lint of a folder would; touches nothing. */
export const validateCodeTool: Tool = {
  declaration: {
    name: 'validate_code',
    description:
      'Checks a piece of code before it is written: faults of syntax and slips that the local rules know. JavaScript, TypeScript and JSON are parsed; other languages are only judged by their lines. Runs nothing and knows no types.',
    parameters: {
      type: 'object',
      properties: {
        code: { type: 'string', description: 'The whole text of the file.' },
        language: { type: 'string', enum: Object.keys(extensions) },
      },
      required: ['code', 'language'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const code = textOf(args, 'code');
    if (code.length > LONGEST)
      throw wrongArguments(`validate_code: the text is longer than ${LONGEST} characters.`);
    const language = textOf(args, 'language');
    const source = readSource(`code.${extensions[language] ?? 'txt'}`, new TextEncoder().encode(code));
    return {
      effects: [],
      shown: { language, code: scope.host.sha256(code), characters: code.length },
      idempotent: true,
      run: async () => {
        if ('skipped' in source)
          return { text: `The text was not looked at: ${source.skipped}.`, isError: true, isForeign: false };
        const { findings } = lintCodebase.examine(source);
        const lines = findings
          .slice(0, MOST_TOLD)
          .map((one) => `line ${one.line ?? 1}, ${one.severity}, ${one.rule}: ${one.message}`);
        const isValid = !findings.some(
          (one) => one.rule === 'lint/parse-error' || one.rule === 'lint/merge-conflict',
        );
        const isParsed = parsed.has(language);
        return {
          text: visibleText([verdict(isValid, isParsed), ...lines].join('\n')),
          isError: false,
          data: toJson({ isValid, isParsed, findings: findings.slice(0, MOST_TOLD) }),
          isForeign: false,
        };
      },
    };
  },
};

function verdict(isValid: boolean, isParsed: boolean): string {
  if (!isValid) return 'The text cannot be understood as it stands.';
  return isParsed
    ? 'No fault of syntax was found.'
    : 'The local rules found no fault of syntax; they do not parse this language, so there may be some.';
}
