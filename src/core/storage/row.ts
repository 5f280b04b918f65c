export type SqlValue = string | number | null;

/** One row of a table, by column. */
export type Row = Readonly<Record<string, SqlValue>>;
