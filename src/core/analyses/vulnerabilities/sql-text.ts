import type * as t from '@babel/types';

/** Text that begins like a statement of SQL and goes on like one. */
export function looksLikeSql(text: string): boolean {
  const flat = text.slice(0, 2_000).replace(/\s+/g, ' ');
  return (
    /^ ?select .{1,400} from /i.test(flat) ||
    /^ ?insert (?:or \w+ )?into \S/i.test(flat) ||
    /^ ?update \S+ set /i.test(flat) ||
    /^ ?delete from \S/i.test(flat) ||
    /^ ?(?:drop|truncate|alter) (?:table|database) /i.test(flat) ||
    /^ ?(?:merge|replace) into \S/i.test(flat) ||
    /^ ?(?:exec|call) \w+ ?\(/i.test(flat)
  );
}

/** The holes that stand where a value stands; names of tables and columns cannot be placeholders. */
export function sqlHoles(built: {
  readonly texts: readonly string[];
  readonly holes: readonly t.Node[];
}): t.Node[] {
  return built.holes.filter((_, index) =>
    isValuePlace(built.texts[index] ?? '', built.texts[index + 1] ?? ''),
  );
}

function isValuePlace(before: string, after: string): boolean {
  return (
    /(?:[=<>]|\blike|\bin ?\(|\bvalues ?\(|\blimit|\boffset|\bbetween|\band|['"%,(])\s*['"%]?$/i.test(
      before,
    ) &&
    !/\b(?:from|into|table|join|update|order by|group by|select)\s*["`[]?$/i.test(before) &&
    !/^["`\]]?\s*(?:from\b|set\b)/i.test(after)
  );
}
