import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { markdownOf } from './page-markdown';
import type { PageQuestion, PageText } from './page';

/** Parts that say nothing to a reader, or say it only to machines. */
const UNREAD =
  'svg, script, style, noscript, template, iframe, object, embed, link, meta, form button, input, select, textarea, dialog, [hidden], [aria-hidden="true"]';
/** Shorter than this, what was found of an article is rather a teaser: the whole page is told instead. */
const SHORTEST_ARTICLE = 200;

/** What a reader of the page would read: its article where it has one, else all of its text. */
export function readPage({ html, url }: PageQuestion): PageText {
  const { document } = parseHTML(isWhole(html) ? html : `<!doctype html><html><body>${html}</body></html>`);
  const title = oneLine(document.querySelector('title')?.textContent ?? '');
  for (const element of document.querySelectorAll(UNREAD)) element.remove();
  for (const element of document.querySelectorAll('[style]'))
    if (isInvisible(element.getAttribute('style') ?? '')) element.remove();
  const whole = document.body.cloneNode(true) as HTMLElement;
  const article = articleOf(document);
  const root = article === undefined ? whole : article.content;
  return { title: article?.title ?? title, text: markdownOf(root, url).trim() };
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

function isWhole(html: string): boolean {
  return /<(?:html|body|head|!doctype)[\s>]/i.test(html.slice(0, 5000));
}

function isInvisible(style: string): boolean {
  return /(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))/i.test(
    style,
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
