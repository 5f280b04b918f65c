import type { Finding } from '../../model/finding';

/** Text that came from files or other steps, made inert: it shows as it is, links nowhere and formats nothing. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#~!$]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`))
    .replace(/&(?!lt;|gt;)/g, '&amp;')
    .replace(/:\/\//g, ':&#47;&#47;');
}

/** A code span that no backtick inside can end. */
export function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0
    ? `\`${flat.replaceAll('|', '\\|')}\``
    : `${fence} ${flat.replaceAll('|', '\\|')} ${fence}`;
}

/** A block that no fence inside can end. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n+$/, '')}\n${fence}`;
}

/**
 * `[src/a.js:12](/src/a.js#L12)`: the leading slash is the workspace root, the one form that opens the real file from
 * the preview of a document that lies in no folder. What is no plain relative path stays text.
 */
export function place({ file, line }: Pick<Finding, 'file' | 'line'>): string {
  if (file === undefined) return 'the folder';
  const text = plain(line === undefined ? file : `${file}:${line}`);
  const target = linkTarget(file);
  return target === undefined ? text : `[${text}](${target}${line === undefined ? '' : `#L${line}`})`;
}

function linkTarget(file: string): string | undefined {
  const parts = file.split('/');
  if (
    file === '' ||
    file.includes('\\') ||
    parts.some((part) => part === '' || part === '.' || part === '..')
  ) {
    return undefined;
  }
  const encoded = parts.map((part) =>
    encodeURIComponent(part).replace(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
  return `/${encoded.join('/')}`;
}

/** One line of a list: place, what is wrong, what to do, which rule. */
export function findingLine(finding: Finding): string {
  const advice = finding.advice === undefined ? '' : ` ${plain(finding.advice)}`;
  return `- ${place(finding)} ${plain(sentence(finding.message))}${advice} ${code(finding.rule)}`;
}

const sentence = (text: string): string => (/[.!?)]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

export const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
