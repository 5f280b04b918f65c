/** Which view a page shows; `main.tsx` reads it from `document.body.dataset.view`. */
export type ViewName = 'run' | 'approvals';

export interface PageOptions {
  /** Fresh and unguessable for each page. */
  readonly nonce: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly codiconUri: string;
  readonly view: ViewName;
  readonly title: string;
  /** Language tag of the texts, e.g. "en". */
  readonly lang: string;
  /** The run whose panel this is; `main.tsx` reads it from `document.body.dataset.run`. */
  readonly runId?: string;
}

/**
 * The whole HTML of a view. Only this page's script runs and nothing is loaded from elsewhere.
 * The `csp-nonce` meta is where the component toolkit looks for the nonce of its own style elements.
 */
export function pageHtml(options: PageOptions): string {
  const { nonce, cspSource } = options;
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  const run = options.runId === undefined ? '' : ` data-run="${escapeAttribute(options.runId)}"`;
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(options.lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta property="csp-nonce" content="${escapeAttribute(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeAttribute(options.codiconUri)}">
<link rel="stylesheet" href="${escapeAttribute(options.styleUri)}">
<title>${escapeAttribute(options.title)}</title>
</head>
<body data-view="${options.view}"${run}>
<div id="root"></div>
<script nonce="${escapeAttribute(nonce)}" src="${escapeAttribute(options.scriptUri)}"></script>
</body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
