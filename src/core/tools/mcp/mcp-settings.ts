/** How an MCP server is reached: a program that speaks over its standard streams, or an address. From the person's own settings only. */
export type McpServerSettings =
  | {
      readonly type: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      /** Added to the cleaned environment of every child process; values may be `${secrets.NAME}`. */
      readonly env: Readonly<Record<string, string>>;
      /** Absolute; absent: the workspace folder. */
      readonly cwd?: string;
    }
  | {
      readonly type: 'http';
      readonly url: string;
      /** Values may be `${secrets.NAME}`. */
      readonly headers: Readonly<Record<string, string>>;
    };
