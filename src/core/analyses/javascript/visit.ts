import type * as t from '@babel/types';

/** Where a node stands while it is visited. */
export interface Place {
  readonly parent: t.Node | undefined;
  /** Name of the field of `parent` that holds the node. */
  readonly key: string;
  /** Outermost first; the last is `parent`. Valid during the call only. */
  readonly ancestors: readonly t.Node[];
}

export type NodeOf<Type extends t.Node['type']> = Extract<t.Node, { type: Type }>;

/** What to do at each type of node, before (`NodeType`) or after (`leave`) its children. */
export type Handlers = {
  readonly [Type in t.Node['type']]?: (node: NodeOf<Type>, place: Place) => void;
};

export function visit(root: t.Node, sets: readonly Handlers[]): void {
  const byType = new Map<string, ((node: t.Node, place: Place) => void)[]>();
  for (const set of sets) {
    for (const [type, handler] of Object.entries(set)) {
      byType.set(type, [...(byType.get(type) ?? []), handler as (node: t.Node, place: Place) => void]);
    }
  }
  walk(root, (node, place) => {
    for (const handler of byType.get(node.type) ?? []) handler(node, place);
  });
}

/** Every node below `root`, itself included, parents first. Return false to stay out of a node. */
export function walk(root: t.Node, see: (node: t.Node, place: Place) => boolean | void): void {
  const ancestors: t.Node[] = [];
  const enter = (node: t.Node, key: string): void => {
    if (see(node, { parent: ancestors.at(-1), key, ancestors }) === false) return;
    ancestors.push(node);
    eachChild(node, enter);
    ancestors.pop();
  };
  enter(root, '');
}

const skipped: ReadonlySet<string> = new Set([
  'type',
  'start',
  'end',
  'loc',
  'extra',
  'errors',
  'comments',
  'tokens',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'range',
]);

export function childrenOf(node: t.Node): [string, t.Node][] {
  const children: [string, t.Node][] = [];
  eachChild(node, (child, key) => children.push([key, child]));
  return children;
}

/** In the order of the fields, which is the order of the text. Called for every node of every file, hence no lists. */
function eachChild(node: t.Node, see: (child: t.Node, key: string) => void): void {
  const fields = node as unknown as Record<string, unknown>;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value !== 'object' || value === null || skipped.has(key)) continue;
    if (!Array.isArray(value)) {
      if (isNode(value)) see(value, key);
    } else for (const item of value as unknown[]) if (isNode(item)) see(item, key);
  }
}

export function isNode(value: unknown): value is t.Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

export type FunctionNode =
  | t.FunctionDeclaration
  | t.FunctionExpression
  | t.ArrowFunctionExpression
  | t.ObjectMethod
  | t.ClassMethod
  | t.ClassPrivateMethod;

const functionTypes: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
]);

export const isFunction = (node: t.Node | null | undefined): node is FunctionNode =>
  node !== null && node !== undefined && functionTypes.has(node.type);

export const lineOf = (node: t.Node): number => node.loc?.start.line ?? 1;

const loopTypes: ReadonlySet<string> = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

export const isLoop = (node: t.Node): boolean => loopTypes.has(node.type);
