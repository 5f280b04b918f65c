import type { InputDeclaration } from '../../model/workflow';
import { checkExpression, EXPRESSION_ROOTS, wholeExpression } from '../expressions';
import { nearest } from '../nearest';
import { parsePath, placeholders, type Placeholder } from '../template';
import { inputVariable, outputVariable } from '../variables';
import { toJsonValue, type ScalarNode, type SourceNode, type Span } from '../source/node';
import type { Report } from '../source/report';
import type { Fields } from './fields';
import type { Graph } from './graph';
import { scalarText } from './values';

export interface ScopeOptions {
  readonly inputs: Map<string, InputDeclaration>;
  readonly env: Readonly<Record<string, string>>;
  readonly graph: Graph;
  readonly report: Report;
  /** Other dialects write `{{name}}` for a value given at the start and `{{step.field}}` for a result. */
  readonly bareNames: boolean;
  /** Values of `config:` that such names may mean. */
  readonly settings?: Fields;
}

/** Which step uses a name, and whether its own result counts (it does for what is shown at its gate). */
export interface Use {
  readonly step: string;
  readonly own?: boolean;
}

/** Every name that texts and expressions of a file may use; what they name in vain is reported. */
export class NameScope {
  constructor(private readonly options: ScopeOptions) {}

  /** The text of a template in Baton's own words. */
  template(node: ScalarNode, use: Use, path?: string): string {
    const text = scalarText(node) ?? '';
    const places = placeholders(text);
    if (places.length === 0) return text;
    const spans = locate(places, text, node, this.options.report.text);
    const rewritten: string[] = [];
    const notes = new Set<string>();
    let at = 0;
    for (const [i, place] of places.entries()) {
      const span = spans[i]!;
      const own = this.placeholder(place, span, use);
      const written = text.slice(place.start, place.end);
      if (own !== undefined) notes.add(`${written} = ${own}`);
      rewritten.push(text.slice(at, place.start), own ?? written);
      at = place.end;
    }
    if (path !== undefined && notes.size > 0) this.options.report.map(path, 'mapped', [...notes].join('; '));
    return rewritten.join('') + text.slice(at);
  }

  /** `if:` without its braces; a fault is reported. */
  condition(node: ScalarNode, use: Use): string {
    const text = scalarText(node) ?? '';
    const source = wholeExpression(text) ?? text;
    if (/\$?\{\{/.test(source)) {
      const hint = 'Put the whole condition into one pair of braces, or into none.';
      this.options.report.error('bad-expression', 'A condition is one expression.', node, hint);
      return 'false';
    }
    const start = this.options.report.text.indexOf(source, node.start);
    const found = start >= 0 && start + source.length <= node.end;
    this.expression(source, (offset) => (found ? { start: start + offset, end: node.end } : node), use, true);
    return source.trim();
  }

  /** Each string below a `with:` value. */
  values(node: SourceNode, use: Use): void {
    if (node.kind === 'list') for (const item of node.items) this.values(item, use);
    else if (node.kind === 'map') for (const entry of node.entries) this.values(entry.value, use);
    else if (typeof node.value === 'string') this.template(node, use);
  }

  /** A command: shell text is never filled in, an argument may be one whole value. */
  command(node: SourceNode, use: Use): string | readonly string[] {
    if (node.kind === 'list') {
      return node.items.map((item) => (item.kind === 'scalar' ? this.argument(item, use) : ''));
    }
    const text = scalarText(node) ?? '';
    if (node.kind !== 'scalar') return text;
    const places = placeholders(text);
    const spans = locate(places, text, node, this.options.report.text);
    for (const [i, place] of places.entries()) {
      // `docker inspect -f '{{.Id}}'` is no reference: it stays what it is.
      if (place.kind !== 'path' && place.kind !== 'expression') continue;
      const way = `Use "$${variableFor(place) ?? 'BATON_INPUT_<NAME>'}", or a list: [program, "{{ ... }}"].`;
      const message = `Shell text is never filled in: "${text.slice(place.start, place.end)}" would be run as it is.`;
      this.options.report.error('shell-interpolation', message, spans[i]!, way);
    }
    return text;
  }

  /** "artifacts", "diff", or a value like "steps.lint.output". */
  shown(text: string, node: SourceNode, use: Use): void {
    if (text === 'artifacts' || text === 'diff') return;
    const path = parsePath(text);
    if (path !== undefined) this.path(path, node, { ...use, own: true });
    else {
      const hint = 'Write "artifacts", "diff", or a value like "steps.lint.output".';
      this.options.report.error('bad-reference', `"${text}" names nothing that could be shown.`, node, hint);
    }
  }

  private argument(node: ScalarNode, use: Use): string {
    const text = this.template(node, use);
    const [place] = placeholders(text);
    if (place === undefined || place.kind === 'bad') return text;
    if (place.start === 0 && place.end === text.length) return text;
    this.options.report.error(
      'partial-argument',
      'An argument is either one whole value or plain text.',
      node,
      'Make the value an argument of its own.',
    );
    return text;
  }

  /** Checks one placeholder; gives its own words when it was written in another dialect's. */
  private placeholder(place: Placeholder, span: Span, use: Use): string | undefined {
    const { report } = this.options;
    switch (place.kind) {
      case 'literal':
        return undefined;
      case 'bad': {
        const hint = `Write a name like inputs.branch or steps.lint.output. For the braces themselves: {{ '{{' }}.`;
        report.error('bad-placeholder', `"{{${place.source}}}" is no name.`, span, hint);
        return undefined;
      }
      case 'expression':
        this.expression(
          place.source,
          (offset) => ({ start: span.start + 3 + offset, end: span.end }),
          use,
          false,
        );
        return undefined;
      case 'path': {
        const bare = this.options.bareNames ? this.bare(place.path, span, use) : undefined;
        if (bare !== undefined) return `{{ ${bare.join('.')} }}`;
        this.path(place.path, span, use);
        return undefined;
      }
      default:
        return place satisfies never;
    }
  }

  private expression(source: string, spanAt: (offset: number) => Span, use: Use, isCondition: boolean): void {
    const checked = checkExpression(source);
    const { report } = this.options;
    if (checked.fault) {
      report.error(
        'bad-expression',
        checked.fault.message,
        spanAt(checked.fault.offset),
        this.rootHint(source),
      );
      return;
    }
    if (checked.callsStatus && !isCondition) {
      const message = 'success(), failure(), always() and cancelled() work in "if:" only.';
      report.error('bad-expression', message, spanAt(0));
    }
    for (const reference of checked.references) this.path(reference.path, spanAt(reference.offset), use);
  }

  private rootHint(source: string): string | undefined {
    const path = /^\s*!?\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)/.exec(source)?.[1]?.split('.');
    if (path === undefined || (EXPRESSION_ROOTS as readonly string[]).includes(path[0]!)) return undefined;
    return this.hintFor(path);
  }

  private path(path: readonly string[], at: Span, use: Use): void {
    const { report, inputs, env, graph } = this.options;
    const [root = '', name, part] = path;
    const known = (names: Iterable<string>, wanted: string) => {
      const meant = nearest(wanted, names);
      return meant === undefined ? undefined : `Did you mean "${root}.${meant}"?`;
    };
    switch (root) {
      case 'inputs':
        if (name === undefined || inputs.has(name.normalize('NFC'))) return;
        report.error(
          'unknown-input',
          `There is no input "${name}".`,
          at,
          known(inputs.keys(), name) ?? `Declare it under "inputs:".`,
        );
        return;
      case 'env':
        if (name === undefined || Object.hasOwn(env, name)) return;
        report.error(
          'unknown-variable',
          `There is no variable "${name}" under "env:".`,
          at,
          known(Object.keys(env), name) ?? 'Variables are those of the file, never those of the system.',
        );
        return;
      case 'steps': {
        if (name === undefined) return;
        const key = name.normalize('NFC');
        if (!graph.has(key)) {
          report.error('unknown-step', `There is no step "${name}".`, at, known(graph.keys(), key));
          return;
        }
        const isOwn = key === use.step;
        if (!(isOwn && use.own === true) && !graph.isUpstream(key, use.step)) {
          const message = isOwn
            ? 'A step cannot use its own result.'
            : `"${use.step}" does not wait for "${key}", so its result may not be there.`;
          const hint = isOwn ? undefined : `Add "${key}" to dependsOn of "${use.step}".`;
          report.error('not-upstream', message, at, hint);
          return;
        }
        if (part === undefined || part === 'output' || part === 'status') return;
        const hint = `Write steps.${key}.output${part === 'outputs' ? '' : `.${part}`}.`;
        report.error('unknown-field', `A step has "output" and "status", not "${part}".`, at, hint);
        return;
      }
      default:
        report.error('unknown-name', `"${path.join('.')}" names nothing.`, at, this.hintFor(path));
    }
  }

  private hintFor(path: readonly string[]): string {
    const [root = '', ...rest] = path;
    const { inputs, graph } = this.options;
    if (root === 'secrets') return 'Secrets cannot be used yet.';
    if (inputs.has(root)) return `Write inputs.${path.join('.')}.`;
    if (graph.has(root)) return `Write steps.${[root, 'output', ...rest].join('.')}.`;
    if (root === 'needs') return `Write steps.${rest[0] ?? '<step>'}.output.`;
    const meant = nearest(root, EXPRESSION_ROOTS);
    if (meant !== undefined) return `Did you mean "${meant}"?`;
    return `Names begin with inputs, env or steps; an input is declared under "inputs:".`;
  }

  /** What `{{name}}` and `{{step.field}}` of another dialect mean, in Baton's words; undefined when it is Baton's already. */
  private bare(path: readonly string[], at: Span, use: Use): readonly string[] | undefined {
    const { inputs, graph, report, settings } = this.options;
    const [root = '', ...rest] = path;
    const key = root.normalize('NFC');
    if (graph.has(key)) {
      const own = ['steps', key, 'output', ...(rest[0] === 'output' ? rest.slice(1) : rest)];
      this.path(own, at, use);
      return own;
    }
    if ((EXPRESSION_ROOTS as readonly string[]).includes(root) && rest.length > 0) return undefined;
    if (rest.length > 0) {
      const meant = nearest(root, graph.keys());
      const hint = meant === undefined ? undefined : `Did you mean "${[meant, ...rest].join('.')}"?`;
      report.error('unknown-step', `There is no step "${root}".`, at, hint);
      return path;
    }
    if (!inputs.has(key)) this.declare(key, at, use, settings, report);
    return ['inputs', key];
  }

  private declare(name: string, at: Span, use: Use, settings: Fields | undefined, report: Report): void {
    const { inputs } = this.options;
    const setting = settings?.take(name);
    if (setting !== undefined) {
      const value = toJsonValue(setting.value);
      const isText = typeof value === 'string';
      inputs.set(name, { type: isText ? 'string' : 'json', required: false, default: value });
      report.map(setting.path, 'mapped', `inputs.${name}.default`);
      report.mapBelow(setting.value, setting.path, 'mapped', `inputs.${name}.default`);
      return;
    }
    inputs.set(name, { type: 'string', required: true, description: `Used by step ${use.step}` });
    const message = `"{{${name}}}" becomes the required text input "${name}".`;
    report.inform('bare-name', message, at, `Declare it under "inputs:" and write {{ inputs.${name} }}.`);
  }
}

/** Where placeholders of a value stand in the file: found again in the raw text, which may be quoted or folded. */
function locate(
  places: readonly Placeholder[],
  text: string,
  node: ScalarNode,
  file: string,
): readonly Span[] {
  let from = node.start;
  return places.map((place) => {
    if (node.file !== undefined) return node;
    const written = text.slice(place.start, place.end);
    const start = file.indexOf(written, from);
    if (start < 0 || start + written.length > node.end) return { start: node.start, end: node.end };
    from = start + written.length;
    return { start, end: from };
  });
}

/** The environment variable that carries the value into a command. */
function variableFor(place: Placeholder): string | undefined {
  const path = place.kind === 'path' ? place.path : parsePath(place.source.trim());
  if (path === undefined || path[1] === undefined)
    return path?.[0] === undefined ? undefined : inputVariable(path[0]);
  if (path[0] === 'inputs') return inputVariable(path[1]);
  if (path[0] === 'steps') return outputVariable(path[1]);
  return path[0] === 'env' ? path[1] : outputVariable(path[0]!);
}
