import type { Clock } from '../../../base/clock';
import type { Redactor } from '../../../base/redactor';
import type { Host } from '../../../host';
import type { McpLimits } from '../limits';

/** How a server is reached, with all secrets in place. */
export type Wire =
  | {
      readonly type: 'stdio';
      readonly command: readonly string[];
      readonly cwd: string;
      /** All that is added to the cleaned environment. */
      readonly env: Readonly<Record<string, string>>;
      /** A line that the program complained with. */
      readonly onComplaint: (line: string) => void;
    }
  | { readonly type: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

export interface SessionOptions {
  readonly wire: Wire;
  readonly host: Pick<Host, 'processes' | 'fetch'> & { readonly clock: Clock; readonly redactor?: Redactor };
  readonly limits: McpLimits;
  /** The server says that its list of tools is another one now. */
  readonly onListChanged: () => void;
  readonly signal: AbortSignal;
}
