import Turndown from 'turndown/lib/turndown.browser.es.js';

/**
 * A part of a page as Markdown that does nothing when it is shown: an image is its description, a link its words and, where it leads
 * to a page, the address beside them, so that nothing is loaded and nobody is led somewhere by words alone.
 */
export function markdownOf(root: HTMLElement, base: string): string {
  const turndown = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  turndown.addRule('image', {
    filter: ['img', 'picture', 'video', 'audio', 'canvas'],
    replacement: (_content, node) => {
      const alt = 'getAttribute' in node ? oneLine(node.getAttribute('alt') ?? '') : '';
      return alt === '' ? '' : `(image: ${turndown.escape(alt)})`;
    },
  });
  turndown.addRule('link', {
    filter: 'a',
    replacement: (content, node) => {
      const words = oneLine(content);
      const address = 'getAttribute' in node ? pageAddress(node.getAttribute('href'), base) : undefined;
      if (address === undefined || words === address) return words;
      return words === '' ? '' : `${words} (${address})`;
    },
  });
  turndown.addRule('row', { filter: 'tr', replacement: (content) => `${content.replace(/ \| $/, '')}\n` });
  turndown.addRule('cell', {
    filter: ['td', 'th'],
    replacement: (content) => `${oneLine(content)} | `,
  });
  return turndown.turndown(root);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Where a link leads; undefined when it leads elsewhere in the same page or is no address of a page. */
function pageAddress(href: string | null, base: string): string | undefined {
  if (href === null || href === '' || href.startsWith('#')) return undefined;
  try {
    const url = new URL(href, base);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.href.length <= 500
      ? url.href
      : undefined;
  } catch {
    return undefined;
  }
}
