import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { mask } from '../text/mask';
import { Remarks } from '../text/remarks';

/** Slow by the way it is written, in Java and Go: told by the loops that braces draw. */
export function otherPerformance(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  if (file.isTest || (file.language !== 'java' && file.language !== 'go')) return [];
  const { code, noComments } = mask(file.text, file.language);
  let depth = 0;
  const loops: number[] = [];
  code.forEach((line, index) => {
    if (line.length > 2_000) return;
    const isLoop =
      /(?:^|[\s}])(?:for|while)\s*\(/.test(line) ||
      (file.language === 'go' && /^\s*for\b.*\{\s*$/.test(line));
    if (isLoop && loops.length === 2) {
      remarks.add(
        'performance/nested-loops',
        'medium',
        index + 1,
        '3 loops stand in each other: ten times the input is a thousand times the work.',
        'Index the inner lists before the loops.',
      );
    }
    if (loops.length > 0 && !isLoop) inLoop(file, line, noComments[index] ?? '', index, remarks);
    if (isLoop) loops.push(depth);
    for (const one of line) {
      if (one === '{') depth++;
      else if (one === '}') {
        depth--;
        while (loops.length > 0 && (loops.at(-1) ?? 0) >= depth) loops.pop();
      }
    }
    if (
      /\bThread\.sleep\(/.test(line) &&
      /@(?:Get|Post|Put|Delete|Request)Mapping/.test(code.slice(Math.max(0, index - 15), index).join(' '))
    ) {
      remarks.add(
        'performance/sync-in-handler',
        'medium',
        index + 1,
        'The request waits here, and its thread with it.',
      );
    }
  });
  return remarks.findings;
}

function inLoop(file: SourceFile, line: string, text: string, index: number, remarks: Remarks): void {
  const say = (rule: string, severity: Finding['severity'], message: string, advice?: string) =>
    remarks.add(`performance/${rule}`, severity, index + 1, message, advice);
  if (/\b(?:Pattern\.compile|regexp\.(?:MustCompile|Compile))\s*\(\s*["`]/.test(text))
    say(
      'regexp-in-loop',
      'medium',
      'The same pattern is compiled in each turn of the loop.',
      'Compile it once.',
    );
  if (
    /\b(?:\w*[rR]epository|\w*[rR]epo|\w*[dD]ao|entityManager|em|jdbcTemplate|db|tx|stmt|statement)\.(?:find\w*|query\w*|Query\w*|get\w*ById|save|execute\w*|Exec\w*)\s*\(/.test(
      line,
    )
  ) {
    say(
      'query-in-loop',
      'high',
      'The database is asked once for each turn of the loop.',
      'Ask once for all.',
    );
  }
  if (file.language === 'java') {
    if (addsText(file, text))
      say(
        'text-in-loop',
        'low',
        'The text is copied whole in each turn of the loop.',
        'Use a StringBuilder.',
      );
    if (/\bnew\s+(?:ObjectMapper|SimpleDateFormat|Gson|RestTemplate|SecureRandom)\s*\(/.test(line))
      say('made-in-loop', 'low', 'An expensive object is made in each turn of the loop.', 'Make it once.');
  } else {
    if (/^\s*defer\s/.test(line))
      say(
        'defer-in-loop',
        'medium',
        'Nothing deferred runs before the function ends.',
        'Put the body of the loop into a function.',
      );
    if (/\b\w+\s*\+=\s*(?:["`]|fmt\.Sprint|string\()/.test(text))
      say(
        'text-in-loop',
        'low',
        'The text is copied whole in each turn of the loop.',
        'Use a strings.Builder.',
      );
  }
}

/** `s += x` where `s` is a String, or what is added is one. */
function addsText(file: SourceFile, text: string): boolean {
  const name = /\b(\w+)\s*\+=\s*\S/.exec(text)?.[1];
  if (name === undefined) return false;
  return /\+=\s*(?:"|\w+\s*\+\s*")/.test(text) || new RegExp(`\\bString\\s+${name}\\s*=`).test(file.text);
}
