/** One thing a tool call would touch, fully resolved: what policy judges and what a person is shown. */
export type Effect =
  | {
      readonly type: 'read' | 'list';
      /** Real path, absolute. */
      readonly path: string;
      /** The file has another name too, which may stand outside of the workspace. */
      readonly hardLinked?: true;
    }
  | {
      readonly type: 'write' | 'delete';
      /** Real path of the file, or of where it will stand; absolute. */
      readonly path: string;
      /** Relative to the workspace, forward slashes; absent outside of it. */
      readonly relative?: string;
      /** The file has another name too: it is put anew under this name, and the other one keeps the old content. */
      readonly hardLinked?: true;
    }
  | {
      readonly type: 'shell';
      /** Shell text, or a program and its arguments. */
      readonly command: string | readonly string[];
      /** Real path, absolute. */
      readonly cwd: string;
    }
  | {
      readonly type: 'network';
      /**
       * search: asks a search service that the person set up; fetch: an address that a model named; service: uses or changes
       * something in another service that the person set up.
       */
      readonly purpose: 'search' | 'fetch' | 'service';
      readonly method: 'GET' | 'POST' | 'PUT';
      readonly url: string;
    }
  | { readonly type: 'mcp'; readonly server: string; readonly tool: string; readonly arguments: string }
  | { readonly type: 'delegate'; readonly agent: string };

/** What policy says of a call. ask: a person sees `shown` and decides; the answer holds for exactly that. */
export interface Verdict {
  readonly verdict: 'allow' | 'ask' | 'deny';
  /** One sentence for people. */
  readonly why: string;
  /** Stable and kebab-case: "protected-file", "outside-writes", "shell", "fetch". */
  readonly rule: string;
}
