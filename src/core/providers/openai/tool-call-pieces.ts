import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';

export interface GatheredCall {
  id: string;
  name: string;
  /** A string in pieces; some servers send the object itself. */
  arguments: string;
  whole: JsonObject | undefined;
}

/**
 * Tool calls out of their pieces. OpenAI numbers them; some servers give every call the number 0, or none, some give no ids, and
 * some each piece an id of its own. A call begins with its name, in all of them.
 */
export class ToolCallPieces {
  private readonly calls: GatheredCall[] = [];
  private readonly byIndex = new Map<number, GatheredCall>();

  /** True when it carried anything. */
  take(piece: JsonValue): boolean {
    if (!isJsonObject(piece)) return false;
    const told = isJsonObject(piece['function']) ? piece['function'] : {};
    const id = typeof piece['id'] === 'string' ? piece['id'] : '';
    const name = typeof told['name'] === 'string' ? told['name'] : '';
    const call = this.callOf(piece['index'], id, name);
    if (call.id === '') call.id = id;
    // Repeated in each piece by some, in one piece by all.
    if (name !== '') call.name = name;
    const given = told['arguments'];
    if (typeof given === 'string') call.arguments += given;
    if (isJsonObject(given)) call.whole = given;
    return id !== '' || name !== '' || (given !== undefined && given !== null && given !== '');
  }

  all(): readonly GatheredCall[] {
    return this.calls;
  }

  private callOf(index: JsonValue | undefined, id: string, name: string): GatheredCall {
    const known = typeof index === 'number' ? this.byIndex.get(index) : this.calls.at(-1);
    if (known !== undefined && !isAnother(known, id, name)) return known;
    const call: GatheredCall = { id, name: '', arguments: '', whole: undefined };
    this.calls.push(call);
    if (typeof index === 'number') this.byIndex.set(index, call);
    return call;
  }
}

/** Whether a piece in the place of a known call begins another one. */
function isAnother(known: GatheredCall, id: string, name: string): boolean {
  if (name === '' || known.name === '') return false;
  if (known.id !== '') return id !== '' && known.id !== id;
  // Without ids, only that nothing more belongs to the one before.
  return isWhole(known);
}

function isWhole(call: GatheredCall): boolean {
  if (call.whole !== undefined) return true;
  try {
    return isJsonObject(JSON.parse(call.arguments));
  } catch {
    return false;
  }
}
