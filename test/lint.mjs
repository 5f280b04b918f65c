// Types and rules of the whole project. The rules that ask for types ask the compiler that has just checked them:
// made twice, that program takes a fifth of the time.
//   node test/lint.mjs
import { ESLint } from 'eslint';
import { join } from 'node:path';
import ts from 'typescript';
import { parser } from 'typescript-eslint';
import { root } from './vscode/server/paths.mjs';

const formatting = {
  getCurrentDirectory: () => root,
  getCanonicalFileName: (/** @type {string} */ name) => name,
  getNewLine: () => '\n',
};

/** What the compiler finds is printed; what it found is kept for the next time in the file that `tsconfig.json` names. */
function checkTypes() {
  const parsed = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (fault) => {
      throw new Error(ts.formatDiagnostic(fault, formatting));
    },
  });
  if (parsed === undefined) throw new Error('tsconfig.json cannot be read.');
  const { fileNames, options, errors } = parsed;
  const builder = ts.createIncrementalProgram({
    rootNames: fileNames,
    options,
    configFileParsingDiagnostics: errors,
  });
  const found = [
    ...builder.getConfigFileParsingDiagnostics(),
    ...builder.getOptionsDiagnostics(),
    ...builder.getSyntacticDiagnostics(),
    ...builder.getGlobalDiagnostics(),
    ...builder.getSemanticDiagnostics(),
  ];
  builder.emit();
  if (found.length > 0) console.log(ts.formatDiagnosticsWithColorAndContext(found, formatting));
  return { program: builder.getProgram(), faults: found.length };
}

/** @param {import('typescript').Program} program */
async function checkRules(program) {
  const { parseForESLint } = /** @type {{ parseForESLint(code: string, options: object): object }} */ (
    parser
  );
  // Not among the parser's options: those are a part of the key of what is kept, and a program is none.
  const informed = {
    meta: { name: 'parser-with-program', version: '1' },
    parseForESLint: (/** @type {string} */ code, /** @type {object} */ options) =>
      parseForESLint(code, { ...options, projectService: false, programs: [program] }),
  };
  const eslint = new ESLint({
    cwd: root,
    cache: true,
    cacheLocation: join(root, '.cache', 'eslint'),
    overrideConfig: [{ files: ['**/*.ts', '**/*.tsx'], languageOptions: { parser: informed } }],
  });
  const results = await eslint.lintFiles(['.']);
  const told = await (await eslint.loadFormatter('stylish')).format(results);
  if (told !== '') console.log(told);
  return results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
}

const { program, faults } = checkTypes();
process.exitCode = faults + (await checkRules(program)) > 0 ? 1 : 0;
