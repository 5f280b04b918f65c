import type { InputDeclaration } from '../../model/workflow';
import { EXPRESSION_ROOTS } from '../expressions';
import { secretNames } from '../secrets';
import type { Span } from '../source/node';
import type { Report } from '../source/report';
import type { Graph } from './graph';

/** Which step uses a name, and whether its own result counts (it does for what is shown at its gate). */
export interface Use {
  readonly step: string;
  readonly own?: boolean;
  /** Set for a text from a file of its own: "prompts/look.md:3". */
  readonly place?: string;
}

/** Every name that texts and expressions of a file may use; what they name in vain is reported. */
export class KnownNames {
  constructor(
    readonly inputs: Map<string, InputDeclaration>,
    private readonly env: Readonly<Record<string, string>>,
    readonly graph: Graph,
    private readonly report: Report,
  ) {}

  check(path: readonly string[], at: Span, use: Use): void {
    const [root = '', name, part] = path;
    switch (root) {
      case 'inputs':
        return this.checkInput(name, at, use);
      case 'env':
        return this.checkVariable(name, at, use);
      case 'steps':
        return this.checkStep(name, part, at, use);
      case 'secrets':
        return this.refuseSecret(name, at, use);
      default:
        this.tell('unknown-name', `"${path.join('.')}" names nothing.`, at, use, this.hintFor(path));
    }
  }

  /** What to write instead of a name that begins with none of the roots. */
  hintFor(path: readonly string[]): string {
    const [root = '', ...rest] = path;
    if (this.inputs.has(root)) return `Write inputs.${path.join('.')}.`;
    if (this.graph.has(root)) return `Write steps.${[root, 'output', ...rest].join('.')}.`;
    if (root === 'needs') return `Write steps.${rest[0] ?? '<step>'}.output.`;
    const meant = this.report.nearest(root, EXPRESSION_ROOTS);
    if (meant !== undefined) return `Did you mean "${meant}"?`;
    return `Names begin with inputs, env or steps; an input is declared under "inputs:".`;
  }

  tell(code: string, message: string, at: Span, use: Use, hint?: string): void {
    this.report.error(code, use.place === undefined ? message : `${use.place}: ${message}`, at, hint);
  }

  /** Prompts, arguments and conditions are kept, shown and sent to models; a command's environment is not. */
  refuseSecret(name: string | undefined, at: Span, use: Use): void {
    const variable = name ?? 'NAME';
    const hint = `Write ${variable}: "\${{ secrets.${variable} }}" under "env:", and use $${variable} in the command.`;
    this.tell('secret-place', 'Secrets reach commands only by "env:".', at, use, hint);
  }

  private checkInput(name: string | undefined, at: Span, use: Use): void {
    if (name === undefined || this.inputs.has(name.normalize('NFC'))) return;
    const hint = this.meant('inputs', name, this.inputs.keys()) ?? 'Declare it under "inputs:".';
    this.tell('unknown-input', `There is no input "${name}".`, at, use, hint);
  }

  private checkVariable(name: string | undefined, at: Span, use: Use): void {
    const secret =
      name === undefined
        ? Object.keys(this.env).find((variable) => this.holdsSecret(variable))
        : this.holdsSecret(name)
          ? name
          : undefined;
    if (secret !== undefined) {
      const message = `Secrets reach commands only by "env:", and env.${secret} holds one.`;
      this.tell('secret-place', message, at, use, `Use $${secret} in a command.`);
      return;
    }
    if (name === undefined || Object.hasOwn(this.env, name)) return;
    const hint =
      this.meant('env', name, Object.keys(this.env)) ??
      'Variables are those of the file, never those of the system.';
    this.tell('unknown-variable', `There is no variable "${name}" under "env:".`, at, use, hint);
  }

  private holdsSecret(variable: string): boolean {
    return Object.hasOwn(this.env, variable) && secretNames(this.env[variable] ?? '').length > 0;
  }

  private checkStep(name: string | undefined, part: string | undefined, at: Span, use: Use): void {
    if (name === undefined) return;
    const key = name.normalize('NFC');
    if (!this.graph.has(key)) {
      const hint = this.meant('steps', key, this.graph.keys());
      this.tell('unknown-step', `There is no step "${name}".`, at, use, hint);
      return;
    }
    const isOwn = key === use.step;
    if (isOwn && use.own !== true) {
      this.tell('not-upstream', 'A step cannot use its own result.', at, use);
      return;
    }
    if (!isOwn && !this.graph.isUpstream(key, use.step)) {
      const message = `"${use.step}" does not wait for "${key}", so its result may not be there.`;
      this.tell('not-upstream', message, at, use, `Add "${key}" to dependsOn of "${use.step}".`);
      return;
    }
    if (part === undefined || part === 'output' || part === 'status') return;
    const hint = `Write steps.${key}.output${part === 'outputs' ? '' : `.${part}`}.`;
    this.tell('unknown-field', `A step has "output" and "status", not "${part}".`, at, use, hint);
  }

  private meant(root: string, name: string, candidates: Iterable<string>): string | undefined {
    const meant = this.report.nearest(name, candidates);
    return meant === undefined ? undefined : `Did you mean "${root}.${meant}"?`;
  }
}
