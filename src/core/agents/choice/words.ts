/** Words that say nothing about what a task is. */
const EMPTY = new Set(
  (
    'a an and are as at be by can do for from has have how in into is it its of on or our so than that the their them then they ' +
    'this to us we what when where which who will with your you all any each new one two please'
  ).split(' '),
);
/** Spellings and short forms of one word. */
const SAME: Readonly<Record<string, string>> = {
  analysis: 'analyze',
  analyses: 'analyze',
  analyse: 'analyze',
  analysing: 'analyze',
  analysed: 'analyze',
  optimise: 'optimize',
  optimisation: 'optimize',
  optimization: 'optimize',
  prioritise: 'prioritize',
  apis: 'api',
  db: 'database',
  docs: 'documentation',
  doc: 'documentation',
  k8s: 'kubernetes',
  llm: 'language model',
  llms: 'language model',
  licence: 'license',
  licences: 'license',
  repo: 'repository',
  repos: 'repositories',
  spec: 'specification',
  specs: 'specification',
  ui: 'user interface',
  ux: 'user interface',
};

/** The words of a text as stems, in order: "Scanning vulnerabilities" gives "scan" and "vulnerability". */
export function stemsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z][a-z0-9+#]*/g) ?? [];
  return words.flatMap(wordStems);
}

/** Words come back, and a pattern costs more than a look. */
const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 4_000;

function wordStems(word: string): readonly string[] {
  const found = known.get(word);
  if (found !== undefined) return found;
  if (EMPTY.has(word)) return [];
  const same = Object.hasOwn(SAME, word) ? SAME[word] : undefined;
  const stems = same === undefined ? [stem(word)] : same.split(' ').map(stem);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(word, stems);
  return stems;
}

/** Crude on purpose: only has to bring the forms of one word together. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  const bare = /^(.{3,}?)(?:sses|ing|ed)$/.exec(word);
  const cut =
    bare === null
      ? word.replace(/(?<=[^s])s$/, '')
      : word.endsWith('sses')
        ? word.slice(0, -2)
        : (bare[1] ?? word);
  return cut.replace(/([bdgmnprt])\1$/, '$1').replace(/e$/, '');
}
