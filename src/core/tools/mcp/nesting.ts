/** True when a value has more than `deepest` levels. Does not call itself: a hostile value would exhaust the stack. */
export function isNestedBeyond(value: unknown, deepest: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const inner: unknown[] = [];
    for (const one of level)
      if (typeof one === 'object' && one !== null) for (const each of Object.values(one)) inner.push(each);
    if (inner.length > 0 && depth === deepest) return true;
    level = inner;
  }
  return false;
}
