import type { Entry, MapNode } from '../source/node';
import type { Report } from '../source/report';

/** One key that was asked for, and where it stands. */
export interface Field extends Entry {
  /** Dotted path in the file: "steps[2].timeoutMs". */
  readonly path: string;
}

/**
 * The keys of one mapping, each to be accounted for: what is taken is recorded as mapped, what nobody took is a
 * warning. So no key of a file is ever silently without effect.
 */
export class Fields {
  private readonly open = new Map<string, Entry>();
  private readonly asked = new Set<string>();

  constructor(
    node: MapNode,
    /** "" for the whole file. */
    readonly path: string,
    readonly report: Report,
    /** Where its keys end up, as the definition names it. */
    readonly target: string = path,
  ) {
    for (const entry of node.entries) if (!this.open.has(entry.key)) this.open.set(entry.key, entry);
  }

  /**
   * The field `name`, or the first of its aliases that is there. Others that mean the same are reported: the first
   * wins. `to` is the name in Baton's own words when that is another one.
   */
  take(name: string, aliases: readonly string[] = [], to = name): Field | undefined {
    let taken: Field | undefined;
    this.asked.add(name);
    for (const candidate of [name, ...aliases]) {
      const entry = this.open.get(candidate);
      if (entry === undefined) continue;
      this.open.delete(candidate);
      const path = this.at(candidate);
      if (taken === undefined) {
        taken = { ...entry, path };
        const becomes = this.target === '' ? to : `${this.target}.${to}`;
        const same = path === becomes;
        this.report.map(path, 'mapped', same ? 'same meaning' : becomes, { same });
      } else {
        this.report.warn(
          'given-twice',
          `"${candidate}" means the same as "${taken.key}" above and is ignored.`,
          entry.keySpan,
          'Remove one of them.',
        );
        this.report.map(path, 'warned', `same as ${taken.key}, which is used`);
        this.report.mapBelow(entry.value, path, 'warned', `same as ${taken.key}, which is used`);
      }
    }
    return taken;
  }

  has(name: string): boolean {
    return this.open.has(name);
  }

  /** Keys that mean something elsewhere and nothing here: one warning each, kept apart from unknown keys. */
  ignore(reasons: Readonly<Record<string, string>>): void {
    for (const [name, reason] of Object.entries(reasons)) {
      const entry = this.open.get(name);
      if (entry === undefined) continue;
      this.open.delete(name);
      this.report.warnOnce('no-effect', `"${name}" has no effect: ${reason}.`, entry.keySpan);
      this.report.map(this.at(name), 'warned', reason);
      this.report.mapBelow(entry.value, this.at(name), 'warned', reason);
    }
  }

  /** Keys whose feature does not work yet: warned now, refused in a real run. */
  notYet(names: readonly string[], step?: string): void {
    for (const name of names) {
      const entry = this.open.get(name);
      if (entry === undefined) continue;
      this.open.delete(name);
      this.report.notYet(name, entry.keySpan, step);
      const note = 'does not work yet: a real run is refused';
      this.report.map(this.at(name), 'refused', note);
      this.report.mapBelow(entry.value, this.at(name), 'refused', note);
    }
  }

  /**
   * All keys that nobody asked for: warned, with the known key that was probably meant. `elsewhere` tells of keys that
   * other programs know here what to write instead.
   */
  finish(elsewhere: Readonly<Record<string, string>> = {}): void {
    for (const [name, entry] of this.open) {
      const instead = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
      const meant = instead === undefined ? this.report.nearest(name, this.asked) : undefined;
      const where = this.path === '' ? 'a workflow' : `"${this.path}"`;
      this.report.warn(
        'unknown-key',
        `"${name}" is no key of ${where} and has no effect.`,
        entry.keySpan,
        instead ?? (meant === undefined ? undefined : `Did you mean "${meant}"?`),
      );
      this.report.map(this.at(name), 'warned', 'unknown: no effect');
      this.report.mapBelow(entry.value, this.at(name), 'warned', 'unknown: no effect');
    }
    this.open.clear();
  }

  /** The given keys, or all that nobody asked for: meant for another program, one warning each. */
  leave(reason: string, names: readonly string[] = [...this.open.keys()]): void {
    this.ignore(Object.fromEntries(names.map((name) => [name, reason])));
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
