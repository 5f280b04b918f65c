/** Mistral's models, wherever they run, take ids of calls of nine letters and digits and refuse a request with any other. */
const STRICT_ABOUT_IDS = /mistral|mixtral|ministral|codestral|devstral|magistral|pixtral/i;

/** Ids of calls as this model takes them: its own as they are, those of others as new ones, the same in a call and its result. */
export function callIdsFor(model: string): (id: string) => string {
  if (!STRICT_ABOUT_IDS.test(model)) return (id) => id;
  const given = new Map<string, string>();
  return (id) => {
    if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
    const known = given.get(id) ?? `call${String(given.size + 1).padStart(5, '0')}`;
    given.set(id, known);
    return known;
  };
}
