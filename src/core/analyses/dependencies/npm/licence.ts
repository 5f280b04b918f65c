/** How much a licence asks of those who use the package. */
export type Copyleft = 'none' | 'weak' | 'strong';

const order: readonly Copyleft[] = ['none', 'weak', 'strong'];

/**
 * Judges a licence expression: of "A OR B" the mildest counts, of "A AND B" the strictest. Names it does not know ask
 * for nothing here.
 */
export function copyleft(expression: string): Copyleft {
  const choices = expression
    .replace(/[()]/g, ' ')
    .split(/\s+OR\s+|\s*\/\s*/i)
    .map((choice) => worst(choice.split(/\s+AND\s+/i).map(ofName)));
  return choices.reduce(
    (mild, one) => (order.indexOf(one) < order.indexOf(mild) ? one : mild),
    choices[0] ?? 'none',
  );
}

const worst = (list: readonly Copyleft[]): Copyleft =>
  list.reduce((most, one) => (order.indexOf(one) > order.indexOf(most) ? one : most), 'none');

function ofName(name: string): Copyleft {
  const plain = name.trim();
  // An exception for those who only link takes the sting out.
  if (/\bWITH\b/i.test(plain)) return 'weak';
  if (/^(?:LGPL|GNU Lesser|GNU Library)/i.test(plain)) return 'weak';
  return /^(?:A?GPL|SSPL|GNU (?:Affero )?General|OSL|EUPL|CC-BY-(?:NC|SA)|BUSL)/i.test(plain)
    ? 'strong'
    : 'none';
}
