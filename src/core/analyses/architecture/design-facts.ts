import type * as t from '@babel/types';
import type { SourceFile } from '../analysis';
import { checkScript } from '../javascript/script';
import { qualifiedName, sameText } from '../javascript/values';
import { isFunction, lineOf, walk } from '../javascript/visit';
import { isScript } from '../language';
import { blockOf, pythonLines } from '../text/python-lines';
import { runsOf } from './copies';
import type { DesignFacts, DesignRemark } from './module-facts';

const MANY_METHODS = 20;
const MANY_COLLABORATORS = 7;

/** What a file shows of its design by itself. */
export function designFacts(file: SourceFile): DesignFacts {
  const runs =
    isScript(file.language) || ['python', 'java', 'go', 'php', 'ruby', 'c', 'rust'].includes(file.language)
      ? runsOf(file)
      : [];
  if (isScript(file.language) && !/\.d\.[cm]?ts$/.test(file.path)) return { ...scriptDesign(file), runs };
  if (file.language === 'python') return { ...pythonDesign(file), runs };
  const isPackage =
    /\/package\.json$/.test(file.path) && /"name"\s*:/.test(file.text) && /"version"\s*:/.test(file.text);
  return {
    remarks: [],
    classes: [],
    mentions: pathsIn(file.text),
    runs,
    ...(isPackage ? { isPackage } : {}),
  };
}

const builtins = /^(?:Array|Object|String|Number|Function|Promise|Date|RegExp|Map|Set)\.prototype$/;

function scriptDesign(file: SourceFile): Omit<DesignFacts, 'runs'> {
  const remarks: DesignRemark[] = [];
  const classes: { name: string; parent?: string; line: number }[] = [];
  const mentions = new Set<string>();
  let environment: number | undefined;
  const { script } = checkScript(file, []);
  if (script === undefined) return { remarks, classes, mentions: [] };
  walk(script.tree.program, (node, { ancestors }) => {
    if (node.type === 'StringLiteral') for (const path of pathsIn(node.value)) mentions.add(path);
    if (node.type === 'AssignmentExpression' && !file.isTest) {
      const target = node.left.type === 'MemberExpression' ? node.left : undefined;
      const name = target === undefined ? undefined : sameText(target);
      if (target !== undefined && name !== undefined) {
        const object = sameText(target.object) ?? '';
        const guarded =
          script.file.text.includes(`typeof ${name.split('.').at(-1)}`) ||
          ancestors.some((one) => one.type === 'IfStatement');
        if (/^(?:global|globalThis)$/.test(object) && !guarded && !target.computed)
          remarks.push({ rule: 'global-state', line: lineOf(node), what: name });
        if (builtins.test(object) && !guarded)
          remarks.push({ rule: 'patched-builtin', line: lineOf(node), what: name });
      }
    }
    if (
      node.type === 'ExportNamedDeclaration' &&
      node.declaration?.type === 'VariableDeclaration' &&
      node.declaration.kind !== 'const'
    ) {
      for (const { id } of node.declaration.declarations) {
        const binding = id.type === 'Identifier' ? script.names.bindingOf(id) : undefined;
        if (binding?.references.some((reference) => reference.write) === true && !file.isTest) {
          remarks.push({ rule: 'exported-variable', line: lineOf(node), what: binding.name });
        }
      }
    }
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression')
      classFacts(node, remarks, classes, file.isTest);
    if (
      environment === undefined &&
      node.type === 'MemberExpression' &&
      qualifiedName(node, script.names)?.startsWith('process.env.') === true
    ) {
      environment = lineOf(node);
    }
  });
  return {
    remarks,
    classes,
    mentions: [...mentions].slice(0, 300),
    ...(environment === undefined ? {} : { environment }),
  };
}

function classFacts(
  node: t.ClassDeclaration | t.ClassExpression,
  remarks: DesignRemark[],
  classes: { name: string; parent?: string; line: number }[],
  isTest: boolean,
): void {
  const name = node.id?.name ?? 'This class';
  const parent = node.superClass?.type === 'Identifier' ? node.superClass.name : undefined;
  classes.push({ name, line: lineOf(node), ...(parent === undefined ? {} : { parent }) });
  if (isTest) return;
  const open = node.body.body.filter(
    (member) =>
      (member.type === 'ClassMethod' && member.kind === 'method' && member.accessibility !== 'private') ||
      (member.type === 'ClassProperty' && isFunction(member.value) && member.accessibility !== 'private'),
  );
  if (open.length > MANY_METHODS)
    remarks.push({
      rule: 'large-class',
      line: lineOf(node),
      what: `${name} has ${open.length} methods that others may call`,
    });
  const maker = node.body.body.find(
    (member): member is t.ClassMethod => member.type === 'ClassMethod' && member.kind === 'constructor',
  );
  if (maker !== undefined && maker.params.length > MANY_COLLABORATORS) {
    remarks.push({
      rule: 'many-collaborators',
      line: lineOf(maker),
      what: `${name} is made of ${maker.params.length} parts`,
    });
  }
}

function pythonDesign(file: SourceFile): Omit<DesignFacts, 'runs'> {
  const remarks: DesignRemark[] = [];
  const classes: { name: string; parent?: string; line: number }[] = [];
  const lines = pythonLines(file);
  let environment: number | undefined;
  lines.forEach(({ code, line, indent }, index) => {
    const [, name, parent] = /^class\s+(\w+)\s*(?:\(\s*([\w.]+))?/.exec(code) ?? [];
    if (name !== undefined) {
      classes.push({ name, line, ...(parent === undefined ? {} : { parent }) });
      const body = blockOf(lines, index);
      const depth = body[0]?.indent ?? 0;
      const methods = body.filter(
        (one) => one.indent === depth && /^(?:async\s+)?def\s+(?!_)\w/.test(one.code),
      ).length;
      if (methods > MANY_METHODS && !file.isTest)
        remarks.push({
          rule: 'large-class',
          line,
          what: `${name} has ${methods} methods that others may call`,
        });
    }
    const makes = /^def\s+__init__\s*\((.*)\)/.exec(code)?.[1];
    if (makes !== undefined && makes.split(',').length - 1 > MANY_COLLABORATORS && !file.isTest) {
      remarks.push({
        rule: 'many-collaborators',
        line,
        what: `It is made of ${makes.split(',').length - 1} parts`,
      });
    }
    const written = /^global\s+(\w+)/.exec(code)?.[1];
    if (written !== undefined && indent > 0 && !file.isTest)
      remarks.push({ rule: 'global-state', line, what: written });
    if (environment === undefined && /\bos\.(?:environ|getenv)\b/.test(code)) environment = line;
  });
  return {
    remarks,
    classes,
    mentions: pathsIn(file.text),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** Last parts of what looks like a path, without ending: "./workers/resize.js" is "resize". */
function pathsIn(text: string): string[] {
  const found = new Set<string>();
  for (const word of text.slice(0, 200_000).split(/[^\w@./-]+/)) {
    if (word.length > 200 || !(word.includes('/') || /\.(?:[cm]?[jt]sx?|py)$/.test(word))) continue;
    const name = word.slice(word.lastIndexOf('/') + 1).replace(/\.[\w.]+$/, '');
    if (name !== '') found.add(name);
    if (found.size > 300) break;
  }
  return [...found];
}
