import { EXPRESSION_ROOTS } from '../expressions';
import { toJsonValue, type Span } from '../source/node';
import type { Report } from '../source/report';
import type { Fields } from './fields';
import type { KnownNames, Use } from './known-names';

/**
 * Other dialects write `{{name}}` for a value given at the start and `{{step.field}}` for a result. A name that is
 * no step becomes an input: with the value of `config:` as its default, else a required text.
 */
export class BareNames {
  constructor(
    private readonly names: KnownNames,
    private readonly report: Report,
    /** `config:`, where these dialects also keep values for their prompts. */
    private readonly settings: Fields | undefined,
  ) {}

  /** The path in Baton's words; undefined when it is Baton's already. */
  translate(path: readonly string[], at: Span, use: Use): readonly string[] | undefined {
    const [root = '', ...rest] = path;
    const key = root.normalize('NFC');
    const { graph, inputs } = this.names;
    if (graph.has(key)) {
      const own = ['steps', key, 'output', ...(rest[0] === 'output' ? rest.slice(1) : rest)];
      this.names.check(own, at, use);
      return own;
    }
    if (([...EXPRESSION_ROOTS, 'secrets'] as readonly string[]).includes(root) && rest.length > 0)
      return undefined;
    if (rest.length > 0) {
      const meant = this.report.nearest(root, graph.keys());
      const hint = meant === undefined ? undefined : `Did you mean "${[meant, ...rest].join('.')}"?`;
      this.names.tell('unknown-step', `There is no step "${root}".`, at, use, hint);
      return path;
    }
    if (!inputs.has(key)) this.declare(key, at, use);
    return ['inputs', key];
  }

  private declare(name: string, at: Span, use: Use): void {
    const { inputs } = this.names;
    const setting = this.settings?.take(name);
    if (setting !== undefined) {
      const value = toJsonValue(setting.value);
      const type = typeof value === 'string' ? 'string' : 'json';
      inputs.set(name, { type, required: false, default: value });
      this.report.map(setting.path, 'mapped', `inputs.${name}.default`);
      this.report.mapBelow(setting.value, setting.path, 'mapped', `inputs.${name}.default`);
      return;
    }
    inputs.set(name, { type: 'string', required: true, description: `Used by step ${use.step}` });
    const message = `"{{${name}}}" becomes the required text input "${name}".`;
    this.report.inform(
      'bare-name',
      message,
      at,
      `Declare it under "inputs:" and write {{ inputs.${name} }}.`,
    );
  }
}
