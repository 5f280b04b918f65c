import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { markdownOf } from './page-markdown';
import type { PageQuestion, PageText } from './page';

/** Parts that say nothing to a reader, or say it only to machines. */
const UNREAD =
  'svg, script, style, noscript, template, iframe, object, embed, link, meta, form button, input, select, textarea, dialog, [hidden], [aria-hidden="true"]';
/** Shorter than this, what was found of an article is rather a teaser: the whole page is told instead. */
const SHORTEST_ARTICLE = 200;

/** Parts inside of parts; deeper than any page that was made for readers, and deep enough to take minutes. */
const DEEPEST = 1000;

/** What a reader of the page would read: its article where it has one, else all of its text. */
export function readPage({ html, url }: PageQuestion): PageText {
  if (isTooDeep(html))
    return {
      title: '',
      text: html
        .replace(/<[^<>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    };
  // Pages may leave these tags out, and then the parser puts nothing in their place.
  const inside = html.replace(/<!doctype[^<>]*>|<\/?(?:html|head|body)(?:\s[^<>]*)?>/gi, '');
  const { document } = parseHTML(`<!doctype html><html><head></head><body>${inside}</body></html>`);
  for (const element of document.querySelectorAll(UNREAD)) element.remove();
  for (const element of document.querySelectorAll('[style]'))
    if (isInvisible(element.getAttribute('style') ?? '')) element.remove();
  const title = document.querySelector('title');
  const name = oneLine(title?.textContent ?? '');
  const whole = document.body.cloneNode(true) as HTMLElement;
  whole.querySelector('title')?.remove();
  const article = articleOf(document);
  return { title: article?.title || name, text: markdownOf(article?.content ?? whole, url).trim() };
}

function isTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)/gi)) {
    // These are never closed, or need not be.
    if (
      /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|p|li|dt|dd|t[drh]|option|path)$/i.test(
        name,
      )
    )
      continue;
    depth += slash === '' ? 1 : -1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

function articleOf(
  document: Document,
): { readonly title: string; readonly content: HTMLElement } | undefined {
  const found = new Readability<Node>(document, {
    serializer: (node) => node,
    maxElemsToParse: 50_000,
  }).parse();
  if (!found?.content || (found.textContent ?? '').trim().length < SHORTEST_ARTICLE) return undefined;
  return { title: oneLine(found.title ?? ''), content: found.content as HTMLElement };
}

function isInvisible(style: string): boolean {
  return /(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))/i.test(
    style,
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
