import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { pythonLines, type PythonLine } from '../text/python-lines';
import { Remarks } from '../text/remarks';
import { backtracks } from './backtracking';
import { readsAll } from './queries';

interface Open {
  readonly indent: number;
  readonly kind: 'for' | 'while' | 'def' | 'async def' | 'handler' | 'with' | 'other';
  readonly line: PythonLine;
}

/** Slow by the way it is written, in Python. */
export function pythonPerformance(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  if (file.isTest) return [];
  const lines = pythonLines(file);
  const open: Open[] = [];
  let decorated = false;
  lines.forEach((line) => {
    while ((open.at(-1)?.indent ?? -1) >= line.indent) open.pop();
    const around = sinceFunction(open);
    check(lines, line, around, remarks);
    const kind = kindOf(line.code, decorated);
    if (kind === 'for' && around.filter((one) => one.kind === 'for').length === 2 && !isSmall(line.code)) {
      remarks.add(
        'performance/nested-loops',
        'medium',
        line.line,
        '3 loops stand in each other: ten times the input is a thousand times the work.',
        'Index the inner lists before the loops.',
      );
    }
    if (kind !== undefined) open.push({ indent: line.indent, kind, line });
    if (/^@/.test(line.code))
      decorated =
        /\.(?:route|get|post|put|delete|patch|websocket)\(|@(?:api_view|require_\w+)/.test(line.code) ||
        decorated;
    else decorated = false;
  });
  recursion(lines, remarks);
  return remarks.findings;
}

function kindOf(code: string, decorated: boolean): Open['kind'] | undefined {
  if (/^for\s/.test(code)) return 'for';
  if (/^while\s/.test(code)) return 'while';
  if (/^async\s+def\s/.test(code)) return 'async def';
  if (/^def\s/.test(code)) return decorated || /\(\s*(?:self,\s*)?request\b/.test(code) ? 'handler' : 'def';
  if (/:\s*$/.test(code)) return 'other';
  return undefined;
}

/** Blocks around a line up to the function it stands in, that function first. */
function sinceFunction(open: readonly Open[]): readonly Open[] {
  const at = open.findLastIndex(
    (one) => one.kind === 'def' || one.kind === 'async def' || one.kind === 'handler',
  );
  return open.slice(Math.max(0, at));
}

const isSmall = (code: string): boolean => /\bin\s+(?:range\(\s*\d{1,2}\s*\)|[[(])/.test(code);

function check(
  lines: readonly PythonLine[],
  line: PythonLine,
  around: readonly Open[],
  remarks: Remarks,
): void {
  const { code, text } = line;
  const loop = around.findLast((one) => one.kind === 'for' || one.kind === 'while');
  const owner = around[0]?.kind;
  const say = (rule: string, severity: Finding['severity'], message: string, advice?: string) =>
    remarks.add(`performance/${rule}`, severity, line.line, message, advice);
  if (owner === 'async def') {
    const call =
      /\b(time\.sleep|requests\.(?:get|post|put|patch|delete|head|request)|urllib\.request\.urlopen|subprocess\.(?:run|call|check_output|check_call)|os\.system)\s*\(/.exec(
        code,
      )?.[1];
    if (call !== undefined)
      say(
        'sync-in-async',
        'high',
        `${call}() blocks every other task inside of an async function.`,
        'Use the asynchronous form.',
      );
    else if (/(?:^|[^.\w])open\s*\(/.test(code))
      say(
        'sync-in-async',
        'medium',
        'open() blocks every other task inside of an async function.',
        'Use a thread or aiofiles.',
      );
  } else if (
    owner === 'handler' &&
    /\btime\.sleep\s*\(|\bsubprocess\.(?:run|call|check_output)\s*\(|\bos\.system\s*\(/.test(code)
  ) {
    say(
      'sync-in-handler',
      'medium',
      'The request waits here, and its worker with it.',
      'Do it in the background.',
    );
  }
  if (
    /\b(?:psycopg2|pymysql|sqlite3|MySQLdb)\.connect\s*\(|\bMongoClient\s*\(|\bcreate_engine\s*\(/.test(
      code,
    ) &&
    (owner === 'handler' || loop !== undefined)
  ) {
    say('connect-in-handler', 'high', 'A new connection is opened each time.', 'Use a pool.');
  }
  if (/\.(?:execute|query|read_sql)\(|pd\.read_sql/.test(code)) {
    const query = /["']{1,3}([^"']{8,300})["']/.exec(text)?.[1];
    if (query !== undefined && readsAll(query))
      say(
        'reads-everything',
        'low',
        'The query reads every row and every column.',
        'Ask for the rows and columns that are used.',
      );
  }
  const pattern =
    /\bre\.(?:compile|match|search|sub|findall|fullmatch|split)\(\s*r?(["'])((?:(?!\1).){3,300})\1/.exec(
      text,
    )?.[2];
  if (pattern !== undefined) {
    const why = backtracks(pattern);
    if (why !== undefined)
      say(
        'backtracking',
        'medium',
        `Some texts keep this pattern busy for ever: ${why}.`,
        'Rewrite it so that each text can be matched in one way only.',
      );
  }
  if (/\.iterrows\s*\(/.test(code))
    say(
      'row-by-row',
      'medium',
      'iterrows() builds an object for each row.',
      'Use column operations or itertuples().',
    );
  if (/\.apply\(\s*lambda\b.*axis\s*=\s*1/.test(code))
    say('row-by-row', 'low', 'apply over rows runs Python for each of them.', 'Use column operations.');
  if (loop === undefined) return;
  lazyRelations(lines, line, loop, say);
  inLoop(lines, line, loop, say);
}

function inLoop(
  lines: readonly PythonLine[],
  line: PythonLine,
  loop: Open,
  say: (rule: string, severity: Finding['severity'], message: string, advice?: string) => void,
): void {
  const { code, text } = line;
  if (
    /\.(?:objects\.(?:get|filter|all|create)|execute|query\(|find_one|get_or_create)\s*\(|\.query\.(?:get|filter|filter_by)\(|\bsession\.(?:query|get|execute)\(|\.save\(\s*\)/.test(
      code,
    ) &&
    loop.kind === 'for'
  ) {
    say(
      'query-in-loop',
      'high',
      'The database is asked once for each turn of the loop.',
      'Ask once for all.',
    );
  } else if (
    /\brequests\.(?:get|post|put|delete)\s*\(/.test(code) &&
    loop.kind === 'for' &&
    !/retry|attempt/i.test(loop.line.code)
  ) {
    say(
      'query-in-loop',
      'medium',
      'A request is sent for each turn of the loop, one after the other.',
      'Ask for all at once, or send them together.',
    );
  }
  if (/\bre\.compile\(\s*r?["']/.test(text))
    say(
      'regexp-in-loop',
      'low',
      'The same pattern is compiled in each turn of the loop.',
      'Compile it once, before the loop.',
    );
  const added = /^([a-z_]\w*)\s*\+=\s*(?:f?["']|str\(|\w+\s*\+\s*["'])/.exec(text)?.[1];
  if (added !== undefined && isText(lines, added, loop))
    say(
      'text-in-loop',
      'low',
      `The text ${added} is copied whole in each turn of the loop.`,
      'Collect the parts and join them.',
    );
  const again = /^([a-z_]\w*)\s*=\s*\1\s*\+\s*\[/.exec(code)?.[1];
  if (again !== undefined)
    say(
      'copy-in-loop',
      'medium',
      `The list ${again} is copied whole in each turn of the loop.`,
      'Use append.',
    );
  if (/\b\w+\s*=\s*\w+\.append\(.*ignore_index|\bpd\.concat\(\s*\[\s*\w+\s*,/.test(code))
    say(
      'copy-in-loop',
      'high',
      'The whole table is copied in each turn of the loop.',
      'Collect the parts and join them once.',
    );
  if (/\.insert\(\s*0\s*,/.test(code))
    say('shift-in-loop', 'low', 'Every element moves one place each time.', 'Use collections.deque.');
  if (/\.pop\(\s*0\s*\)/.test(code))
    say('shift-in-loop', 'low', 'Every element moves one place each time.', 'Use collections.deque.');
  const searched = /^(?:if|elif|while)\b.*?\b(?:not\s+)?in\s+([a-z_]\w*)\s*(?::|and\b|or\b)/.exec(code)?.[1];
  if (searched !== undefined && isGrowingList(lines, searched))
    say(
      'search-in-loop',
      'medium',
      `"in ${searched}" walks the whole list once for each turn of the loop.`,
      'Use a set.',
    );
  if (/\bjson\.loads\(\s*(\w+)\s*\)/.test(code)) {
    const name = /\bjson\.loads\(\s*(\w+)\s*\)/.exec(code)?.[1] ?? '';
    if (!changes(lines, name, loop))
      say(
        'parse-in-loop',
        'medium',
        'The same text is parsed in each turn of the loop.',
        'Parse it once, before the loop.',
      );
  }
  if (/\bopen\(\s*["'][^"'{}]+["']/.test(text)) {
    say(
      'read-in-loop',
      'medium',
      'The same file is read in each turn of the loop.',
      'Read it once, before the loop.',
    );
  }
  const sorted = /\bsorted\(\s*([a-z_]\w*)\s*[,)]|^([a-z_]\w*)\.sort\(/.exec(code);
  const name = sorted?.[1] ?? sorted?.[2];
  if (name !== undefined && !changes(lines, name, loop))
    say('sort-in-loop', 'medium', 'The same list is sorted in each turn of the loop.', 'Sort it once.');
}

/** `for order in Order.objects.all(): order.customer.name` asks for each customer by itself. */
function lazyRelations(
  lines: readonly PythonLine[],
  line: PythonLine,
  loop: Open,
  say: (rule: string, severity: Finding['severity'], message: string, advice?: string) => void,
): void {
  const [, item, from = ''] = /^for\s+(\w+)\s+in\s+(.+):$/.exec(loop.line.code) ?? [];
  if (
    item === undefined ||
    !new RegExp(
      `\\b${item}\\.[a-z_]+\\.(?!append|add|get\\b|strip|lower|upper|format|items|keys|values|split|join|id\\b|pk\\b)\\w+`,
    ).test(line.code)
  )
    return;
  const isQuery = (code: string): boolean =>
    /\.objects\.(?:all|filter|exclude|order_by)\(/.test(code) &&
    !/select_related|prefetch_related|values\(/.test(code);
  const made = lines.find(({ code, line: at }) => at < loop.line.line && code.startsWith(`${from} = `));
  if (!isQuery(from) && !(made !== undefined && isQuery(made.code))) return;
  say(
    'query-in-loop',
    'medium',
    `What ${item} refers to is asked for once for each turn of the loop.`,
    'Use select_related or prefetch_related.',
  );
}

function isText(lines: readonly PythonLine[], name: string, loop: Open): boolean {
  return lines.some(
    (line) =>
      line.line < loop.line.line && new RegExp(`^${name}\\s*(?::\\s*str\\s*)?=\\s*f?["']`).test(line.text),
  );
}

/** Begun as an empty list, or made from something, and never a set or dict. */
function isGrowingList(lines: readonly PythonLine[], name: string): boolean {
  const made = lines.filter((line) => new RegExp(`^${name}\\s*(?::[^=]+)?=(?!=)`).test(line.code));
  if (made.length === 0) return false;
  return made.every((line) =>
    new RegExp(`^${name}\\s*(?::[^=]+)?=\\s*(?:\\[\\s*\\]|list\\(|\\[.*\\bfor\\b)`).test(line.code),
  );
}

function changes(lines: readonly PythonLine[], name: string, loop: Open): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  if (word.test(loop.line.code)) return true;
  const from = lines.indexOf(loop.line);
  for (let at = from + 1; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.indent <= loop.indent) break;
    if (
      new RegExp(
        `^${name}\\s*(?:=|\\+=)|\\b${name}\\.(?:append|extend|insert|pop|add|remove)\\(|^for\\s.*\\b${name}\\b.*\\bin\\b|^with\\b.*\\bas\\s+${name}\\b`,
      ).test(line.code)
    )
      return true;
  }
  return false;
}

function recursion(lines: readonly PythonLine[], remarks: Remarks): void {
  lines.forEach((line, index) => {
    const name = /^def\s+(\w+)\s*\(/.exec(line.code)?.[1];
    if (name === undefined || /cache/.test(lines[index - 1]?.code ?? '')) return;
    for (let at = index + 1; at < lines.length && (lines[at]?.indent ?? 0) > line.indent; at++) {
      const code = lines[at]?.code ?? '';
      if (/memo|cache/i.test(code)) return;
      const calls = code.match(new RegExp(`\\b${name}\\(\\s*\\w+\\s*-\\s*\\d+`, 'g')) ?? [];
      if (calls.length >= 2) {
        remarks.add(
          'performance/exponential-recursion',
          'high',
          line.line,
          `${name}() computes the same answers over and over.`,
          'Remember answers (functools.cache), or count upwards.',
        );
        return;
      }
    }
  });
}
