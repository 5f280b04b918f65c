import type { JsonValue } from '../../base/json';
import { checkExpression, EXPRESSION_ROOTS, wholeExpression } from '../expressions';
import { secretNames } from '../secrets';
import { parsePath, placeholders, type Placeholder } from '../template';
import { toJsonValue, type ScalarNode, type SourceNode, type Span } from '../source/node';
import type { Report } from '../source/report';
import type { BareNames } from './bare-names';
import type { KnownNames, Use } from './known-names';
import { locate, variableFor } from './locate';
import { scalarText } from './values';

/** Reads the texts of a file that name values: each name is checked, and said in Baton's words where it was not. */
export class Texts {
  constructor(
    private readonly names: KnownNames,
    private readonly report: Report,
    /** Absent in the own format. */
    private readonly bareNames: BareNames | undefined,
  ) {}

  /** A prompt or a message. `path`: where to note what was said in other words. */
  template(node: ScalarNode, use: Use, path?: string): string {
    const text = scalarText(node) ?? '';
    const places = placeholders(text);
    if (places.length === 0) return text;
    const spans = locate(places, text, node, this.report.text);
    const parts: string[] = [];
    const notes = new Set<string>();
    let at = 0;
    for (const [i, place] of places.entries()) {
      const written = text.slice(place.start, place.end);
      const line = node.file === undefined ? {} : { place: `${node.file}:${lineAt(text, place.start)}` };
      const own = this.placeholder(place, spans[i]!, { ...use, ...line });
      if (own !== undefined) notes.add(`${written} = ${own}`);
      parts.push(text.slice(at, place.start), own ?? written);
      at = place.end;
    }
    if (path !== undefined && notes.size > 0) this.report.map(path, 'mapped', [...notes].join('; '));
    return parts.join('') + text.slice(at);
  }

  /** `if:` without its braces. */
  condition(node: ScalarNode, use: Use): string {
    const text = scalarText(node) ?? '';
    const source = wholeExpression(text) ?? text;
    if (/\$?\{\{/.test(source)) {
      const hint = 'Put the whole condition into one pair of braces, or into none.';
      this.report.error('bad-expression', 'A condition is one expression.', node, hint);
      return 'false';
    }
    const place = this.report.text.slice(node.start, node.end).indexOf(source);
    const spanAt = (offset: number): Span =>
      place < 0 ? node : { start: node.start + place + offset, end: node.end };
    this.expression(source, spanAt, use, true);
    return source.trim();
  }

  /** A value of `with:`; each string in it is a template. */
  value(node: SourceNode, use: Use): JsonValue {
    switch (node.kind) {
      case 'scalar':
        return typeof node.value === 'string' ? this.template(node, use) : toJsonValue(node);
      case 'list':
        return node.items.map((item) => this.value(item, use));
      case 'map': {
        const object = Object.create(null) as Record<string, JsonValue>;
        for (const entry of node.entries) object[entry.key] = this.value(entry.value, use);
        return object;
      }
      default:
        return node satisfies never;
    }
  }

  /** A command: shell text is never filled in, an argument may be one whole value. */
  command(node: SourceNode, use: Use): string | readonly string[] {
    if (node.kind === 'list') {
      return node.items.map((item) => (item.kind === 'scalar' ? this.argument(item, use) : ''));
    }
    const text = scalarText(node) ?? '';
    if (node.kind !== 'scalar') return text;
    const places = placeholders(text);
    const spans = locate(places, text, node, this.report.text);
    for (const [i, place] of places.entries()) {
      // `docker inspect -f '{{.Id}}'` is no reference: it stays what it is.
      if (place.kind !== 'path' && place.kind !== 'expression') continue;
      const secret = secretNames(text.slice(place.start, place.end))[0];
      if (secret !== undefined) {
        this.names.refuseSecret(secret, spans[i]!, use);
        continue;
      }
      const hint = `Use "$${variableFor(place) ?? 'BATON_INPUT_<NAME>'}", or a list: [program, "{{ ... }}"].`;
      const message = `Shell text is never filled in: "${text.slice(place.start, place.end)}" would be run as it is.`;
      this.report.error('shell-interpolation', message, spans[i]!, hint);
    }
    return text;
  }

  /** What a gate shows: "artifacts", "diff", or a value like "steps.lint.output". */
  shown(text: string, node: SourceNode, use: Use): void {
    if (text === 'artifacts' || text === 'diff') return;
    const path = parsePath(text);
    if (path !== undefined) return this.names.check(path, node, { ...use, own: true });
    const hint = 'Write "artifacts", "diff", or a value like "steps.lint.output".';
    this.report.error('bad-reference', `"${text}" names nothing that could be shown.`, node, hint);
  }

  private argument(node: ScalarNode, use: Use): string {
    const text = this.template(node, use);
    const [place] = placeholders(text);
    if (place === undefined || place.kind === 'bad') return text;
    if (place.start === 0 && place.end === text.length) return text;
    const message = 'An argument is either one whole value or plain text.';
    this.report.error('partial-argument', message, node, 'Make the value an argument of its own.');
    return text;
  }

  /** Checks one placeholder; gives its own words when it was written in another dialect's. */
  private placeholder(place: Placeholder, span: Span, use: Use): string | undefined {
    switch (place.kind) {
      case 'literal':
        return undefined;
      case 'bad': {
        const hint = `Write a name like inputs.branch or steps.lint.output. For the braces themselves: {{ '{{' }}.`;
        this.names.tell('bad-placeholder', `"{{${place.source}}}" is no name.`, span, use, hint);
        return undefined;
      }
      case 'expression': {
        const isLocated = span.end - span.start === place.end - place.start;
        const spanAt = (offset: number) =>
          isLocated ? { start: span.start + 3 + offset, end: span.end } : span;
        this.expression(place.source, spanAt, use, false);
        return undefined;
      }
      case 'path': {
        const own = this.bareNames?.translate(place.path, span, use);
        if (own !== undefined) return `{{ ${own.join('.')} }}`;
        this.names.check(place.path, span, use);
        return undefined;
      }
      default:
        return place satisfies never;
    }
  }

  private expression(source: string, spanAt: (offset: number) => Span, use: Use, isCondition: boolean): void {
    const checked = checkExpression(source);
    if (checked.fault) {
      const { message, offset } = checked.fault;
      this.names.tell('bad-expression', message, spanAt(offset), use, this.hintFor(source));
      return;
    }
    if (checked.callsStatus && !isCondition) {
      const message = 'success(), failure(), always() and cancelled() work in "if:" only.';
      this.names.tell('bad-expression', message, spanAt(0), use);
    }
    for (const { path, offset } of checked.references) this.names.check(path, spanAt(offset), use);
  }

  /** For an expression that begins with a name of another program. */
  private hintFor(source: string): string | undefined {
    const path = /^\s*!?\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)/.exec(source)?.[1]?.split('.');
    if (path === undefined || (EXPRESSION_ROOTS as readonly string[]).includes(path[0]!)) return undefined;
    return this.names.hintFor(path);
  }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
