import { describe, expect, it } from 'vitest';
import { answer, type Concluded } from '../../../src/core/analyses/answer';

type Output = Concluded['output'];

/** Looks at the packages of a folder that exists only as text. */
async function look(files: Record<string, string | object>, partial = false): Promise<Output> {
  const paths = Object.keys(files).sort();
  const bytes = paths.map((path) => {
    const content = files[path];
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    return { path, bytes: new TextEncoder().encode(text) };
  });
  const action = 'analyze-dependencies';
  const results = [(await answer({ kind: 'examine', action, files: bytes })) as string];
  const context = { paths, unread: [], large: [], notes: [], more: [], partial };
  return ((await answer({ kind: 'conclude', action, results, context })) as Concluded).output;
}

const of = (output: Output, rule: string) =>
  output.findings.filter((finding) => finding.rule === `dependencies/${rule}`);

const places = (output: Output, rule: string) => of(output, rule).map(({ file, line }) => `${file}:${line}`);

/** The packages that a rule named, in order. */
const named = (output: Output, rule: string) =>
  of(output, rule).map(({ message }) => /"([^"]+)"/.exec(message)?.[1] ?? message);

const app = (more: object) => ({ name: 'shop', private: true, ...more });
const lock = (root: object, packages: Record<string, object> = {}) => ({
  lockfileVersion: 3,
  packages: { '': root, ...packages },
});

describe('versions in package.json', () => {
  it('that leave everything open are told at their line; ranges are not', async () => {
    const dependencies = {
      a: '*',
      b: 'latest',
      c: '',
      d: '>=1.0.0',
      e: '^1.2.3',
      f: '~1.2',
      g: '1.x',
      h: '>=1 <3',
    };
    const output = await look({ 'package.json': app({ dependencies }) });
    expect(named(output, 'unpinned')).toEqual(['a', 'b', 'c', 'd']);
    expect(places(output, 'unpinned')[0]).toBe('package.json:5');
  });

  it('that follow a branch are told, those at a commit are not', async () => {
    const dependencies = {
      a: 'github:some/one',
      b: 'git+https://example.com/b.git#main',
      c: `github:some/three#${'0123456789'.repeat(4)}`,
    };
    expect(named(await look({ 'package.json': app({ dependencies }) }), 'unpinned')).toEqual(['a', 'b']);
  });

  it('of peers may be open: their host chooses', async () => {
    const output = await look({ 'package.json': app({ peerDependencies: { react: '*' } }) });
    expect(of(output, 'unpinned')).toEqual([]);
  });
});

describe('packages named twice', () => {
  it('are told, unless one of the two is for the host to bring', async () => {
    const output = await look({
      'package.json': app({
        dependencies: { nanoid: '^5.0.0' },
        devDependencies: { nanoid: '^4.0.0', react: '^18.0.0' },
        peerDependencies: { react: '>=17' },
      }),
    });
    expect(named(output, 'duplicate')).toEqual(['nanoid']);
  });

  it('within one list are told, too', async () => {
    const text = '{\n"name": "shop",\n"dependencies": {\n"a": "1.0.0",\n"a": "2.0.0"\n}\n}';
    expect(of(await look({ 'package.json': text }), 'duplicate')).toHaveLength(1);
  });
});

describe('unused packages', () => {
  const dependencies = { 'left-pad': '1.3.0', express: '^4.0.0' };

  it('are told when nothing imports or names them', async () => {
    const output = await look({
      'package.json': app({ dependencies }),
      'src/main.js': "const express = require('express');\nexpress();",
    });
    expect(named(output, 'unused')).toEqual(['left-pad']);
    expect(output.metrics).toMatchObject({ manifests: 1, unused: 1, missing: 0 });
  });

  it('are none when a script, a setting, a host package or a type names them', async () => {
    const output = await look({
      'package.json': app({
        scripts: { build: 'rimraf out && tsc' },
        dependencies: { 'react-dom': '^18.0.0', pg: '^8.0.0', 'some-plugin': '1.0.0', 'deep-thing': '1.0.0' },
        devDependencies: {
          typescript: '5.0.0',
          rimraf: '5.0.0',
          '@types/node': '20.0.0',
          'eslint-plugin-x': '1.0.0',
        },
      }),
      'tool.config.js': "module.exports = { plugins: ['some-plugin'] };",
      'src/main.ts': "import fp from 'deep-thing/fp';\nexport default fp;",
    });
    expect(named(output, 'unused')).toEqual([]);
  });

  it('for development are not told where the tests and tools that need them were left out', async () => {
    const manifest = { name: 'lib', license: 'MIT', main: 'index.js', devDependencies: { sinon: '1.0.0' } };
    const source = { 'package.json': manifest, 'index.js': 'exports.x = 1;' };
    expect(named(await look(source), 'unused')).toEqual([]);
    const test = { 'test/x.test.js': "require('../index.js');" };
    expect(named(await look({ ...source, ...test }), 'unused')).toEqual(['sinon']);
  });

  it('and missing ones are not claimed of a part of a folder', async () => {
    const files = { 'package.json': app({ dependencies }), 'src/main.js': "require('lodash');" };
    const output = await look(files, true);
    expect([...of(output, 'unused'), ...of(output, 'missing')]).toEqual([]);
  });
});

describe('missing packages', () => {
  it('are told at the import, weightier in sources than in tests', async () => {
    const output = await look({
      'package.json': app({ dependencies: { express: '^4.0.0' } }),
      'src/main.js': "require('express');\nrequire('lodash/fp');",
      'test/main.test.js': "require('supertest');",
    });
    expect(places(output, 'missing')).toEqual(['src/main.js:2', 'test/main.test.js:1']);
    expect(of(output, 'missing').map(({ severity }) => severity)).toEqual(['high', 'low']);
  });

  it('are none when Node, the folder itself, an alias, types or a workspace bring them', async () => {
    const output = await look({
      'package.json': app({
        imports: { '#inner': './src/inner.js' },
        workspaces: ['packages/*'],
        devDependencies: { '@types/estree': '1.0.0' },
      }),
      'tsconfig.json':
        '{\n// paths\n"compilerOptions": { "paths": { "@app/*": ["./src/*"], "money": ["./src/m.ts"] } } }',
      'packages/b/package.json': { name: '@shop/b', private: true },
      'src/main.ts': [
        "import fs from 'node:fs';",
        "import path from 'path';",
        "import self from 'shop/x';",
        "import inner from '#inner';",
        "import b from '@shop/b';",
        "import cart from '@app/cart';",
        "import money from 'money';",
        "import type { Node } from 'estree';",
        "import near from './near';",
        'export default [fs, path, self, inner, b, cart, money, near] as unknown as Node;',
      ].join('\n'),
    });
    expect(named(output, 'missing')).toEqual([]);
  });

  it('may be declared by the root of a workspace, and imports count for the nearest manifest', async () => {
    const output = await look({
      'package.json': app({ workspaces: ['packages/*'], devDependencies: { chalk: '^5.0.0' } }),
      'packages/a/package.json': { name: 'a', private: true, dependencies: { express: '^4.0.0' } },
      'packages/a/test.js': "require('chalk');\nrequire('express');",
      'packages/b/package.json': { name: 'b', private: true },
      'packages/b/main.js': "require('express');",
    });
    expect(places(output, 'missing')).toEqual(['packages/b/main.js:1']);
  });

  it('that are only tried are none', async () => {
    const output = await look({
      'package.json': app({ dependencies: {} }),
      'main.js': "try {\n  require('fsevents');\n} catch {\n  exports.none = true;\n}",
    });
    expect(named(output, 'missing')).toEqual([]);
  });

  it('of the development list are told where sources that ship need them', async () => {
    const files = {
      'package.json': app({ dependencies: { a: '1.0.0' }, devDependencies: { b: '1.0.0', c: '1.0.0' } }),
      'src/main.js': "require('a');\nrequire('b');",
      'test/main.test.js': "require('c');",
    };
    expect(places(await look(files), 'development-only')).toEqual(['src/main.js:2']);
  });
});

describe('lockfiles', () => {
  const dependencies = { a: '^1.0.0' };

  it('are missed where something is installed, and only there', async () => {
    expect(places(await look({ 'package.json': app({ dependencies }) }), 'no-lockfile')).toHaveLength(1);
    expect(of(await look({ 'package.json': app({}) }), 'no-lockfile')).toEqual([]);
    const locked = { 'package.json': app({ dependencies }), 'package-lock.json': lock({ dependencies }) };
    expect(of(await look(locked), 'no-lockfile')).toEqual([]);
  });

  it('that are behind the manifest are told', async () => {
    const output = await look({
      'package.json': app({ dependencies: { a: '^2.0.0', b: '^1.0.0', c: '^1.0.0' } }),
      'package-lock.json': lock({ dependencies: { a: '^1.0.0', c: '^1.0.0' } }),
    });
    expect(named(output, 'lockfile-behind')).toEqual(['a', 'b']);
  });

  it('of two package managers are one too many', async () => {
    const output = await look({
      'package.json': app({ dependencies }),
      'package-lock.json': lock({ dependencies }),
      'yarn.lock': 'a@^1.0.0:\n  version "1.0.0"\n',
    });
    expect(of(output, 'several-lockfiles')).toHaveLength(1);
  });

  it('tell of deprecated packages, plain http, missing hashes, licences and install scripts', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const wanted = Object.fromEntries(names.map((name) => [name, '^1.0.0']));
    const entry = {
      version: '1.0.0',
      resolved: 'https://packages.example/x.tgz',
      integrity: 'sha512-x',
      license: 'MIT',
    };
    const output = await look({
      'package.json': app({ dependencies: wanted }),
      'package-lock.json': lock(
        { dependencies: wanted },
        {
          'node_modules/a': { ...entry, deprecated: 'use b' },
          'node_modules/b': { ...entry, resolved: 'http://packages.example/b.tgz' },
          'node_modules/c': { version: '1.0.0', resolved: 'https://packages.example/c.tgz' },
          'node_modules/d': { ...entry, license: 'GPL-3.0-only' },
          'node_modules/e': { ...entry, license: '(MIT OR GPL-3.0-or-later)' },
          'node_modules/f': { ...entry, hasInstallScript: true },
        },
      ),
    });
    expect(named(output, 'given-up')).toEqual(['a']);
    expect(named(output, 'clear-text')).toEqual(['b']);
    expect(named(output, 'no-hash')).toEqual(['c']);
    expect(named(output, 'licence-copyleft')).toEqual(['d']);
    expect(of(output, 'install-scripts').map(({ message }) => message)).toEqual([
      '1 package runs a script when it is installed: f.',
    ]);
    expect(output.metrics).toMatchObject({ declared: 6, locked: 6 });
  });
});

describe('licences', () => {
  it('are missed in what may be published, not in what is private', async () => {
    expect(of(await look({ 'package.json': { name: 'lib' } }), 'licence-missing')).toHaveLength(1);
    expect(of(await look({ 'package.json': app({}) }), 'licence-missing')).toEqual([]);
    const licensed = { name: 'lib', license: 'MIT' };
    expect(of(await look({ 'package.json': licensed }), 'licence-missing')).toEqual([]);
  });
});

describe('Python', () => {
  it('tells of requirements without a version, not of pinned ones', async () => {
    const output = await look({ 'requirements.txt': 'flask\nrequests==2.31.0\nattrs~=23.1\n# rich\n' });
    expect(places(output, 'unpinned')).toEqual(['requirements.txt:1']);
  });

  it('tells of a repository without a commit, not of one at a commit', async () => {
    const commit = '0123456789'.repeat(4);
    const output = await look({
      'requirements.txt': `git+https://example.com/a/one.git#egg=one\ngit+https://example.com/a/two.git@${commit}#egg=two\n`,
    });
    expect(places(output, 'unpinned')).toEqual(['requirements.txt:1']);
  });

  it('tells of one package at two versions', async () => {
    const output = await look({ 'requirements.txt': 'Flask==2.3.3\nrich==13.0.0\nflask==3.0.0\n' });
    expect(places(output, 'duplicate')).toEqual(['requirements.txt:3']);
  });

  it('knows packages whose modules have other names, and the project itself', async () => {
    const output = await look({
      'requirements.txt':
        'pyyaml==6.0\nopencv-python==4.9.0\nPillow==10.3.0\nscikit-learn==1.4.0\nrich==13.0.0\n',
      'shop/__init__.py': '',
      'shop/main.py':
        'import os\nimport yaml, cv2\nfrom PIL import Image\nimport sklearn.svm\nimport shop.cart\nimport numpy\n',
      'shop/cart.py': '',
    });
    expect(places(output, 'missing')).toEqual(['shop/main.py:6']);
    expect(named(output, 'unused')).toEqual(['rich']);
  });

  it('reads pyproject.toml, of Poetry and of the standard', async () => {
    const poetry =
      '[tool.poetry]\nname = "shop"\nlicense = "MIT"\n\n[tool.poetry.dependencies]\npython = "^3.11"\nrich = "*"\nhttpx = "^0.27"\n';
    expect(places(await look({ 'pyproject.toml': poetry }), 'unpinned')).toEqual(['pyproject.toml:7']);
    const project =
      '[project]\nname = "shop"\nlicense = "MIT"\ndependencies = [\n  "rich>=13",\n  "httpx",\n]\n';
    const output = await look({ 'pyproject.toml': project, 'main.py': 'import rich\n' });
    expect(places(output, 'unused')).toEqual(['pyproject.toml:6']);
  });
});

describe('other manifests', () => {
  it('of Go tell of a local replacement and a missing go.sum', async () => {
    const module =
      'module example.com/shop\n\nrequire example.com/a/b v1.0.0\n\nreplace example.com/a/b => ../b\n';
    const source = { 'main.go': 'package main\n\nimport "example.com/a/b"\n' };
    const output = await look({ 'go.mod': module, ...source });
    expect(places(output, 'local-path')).toEqual(['go.mod:5']);
    expect(of(output, 'no-lockfile')).toHaveLength(1);
    expect(of(await look({ 'go.mod': module, 'go.sum': '', ...source }), 'no-lockfile')).toEqual([]);
  });

  it('of Cargo tell of open versions, and of a program without a lockfile', async () => {
    const manifest =
      '[package]\nname = "shop"\nlicense = "MIT"\n\n[dependencies]\nserde = "*"\nrand = "0.8"\n';
    const output = await look({ 'Cargo.toml': manifest, 'src/main.rs': 'use serde::x;\nuse rand::y;\n' });
    expect(places(output, 'unpinned')).toEqual(['Cargo.toml:6']);
    expect(of(output, 'no-lockfile')).toHaveLength(1);
    const library = { 'Cargo.toml': manifest, 'src/lib.rs': 'use serde::x;\nuse rand::y;\n' };
    expect(of(await look(library), 'no-lockfile')).toEqual([]);
  });

  it('of Maven and Gradle tell of versions that move', async () => {
    const dependency = (name: string, version: string) =>
      `<dependency>\n<groupId>g</groupId>\n<artifactId>${name}</artifactId>\n<version>${version}</version>\n</dependency>`;
    const pom = `<project>\n<dependencies>\n${dependency('a', 'LATEST')}\n${dependency('b', '1.0-SNAPSHOT')}\n${dependency('c', '1.0')}\n</dependencies>\n</project>`;
    expect(places(await look({ 'pom.xml': pom }), 'unpinned')).toEqual(['pom.xml:6', 'pom.xml:11']);
    const gradle =
      "dependencies {\n  implementation 'g:a:1.+'\n  implementation 'g:b:latest.release'\n  implementation 'g:c:1.0'\n}\n";
    expect(places(await look({ 'build.gradle': gradle }), 'unpinned')).toEqual([
      'build.gradle:2',
      'build.gradle:3',
    ]);
  });
});

describe('what is not known', () => {
  it('is said: no manifest, no question to the network', async () => {
    const output = await look({ 'main.js': "require('express');" });
    expect(output.findings).toEqual([]);
    expect(output.notes.join('\n')).toMatch(/No manifest/);
    expect(output.notes.join('\n')).toMatch(/network/);
  });

  it('of a version that a range only allows is no more than a hint', async () => {
    const exact = await look({ 'package.json': app({ dependencies: { lodash: '4.17.4' } }) });
    expect(of(exact, 'known-flaw').map(({ severity }) => severity)).toEqual(['high']);
    const range = await look({ 'package.json': app({ dependencies: { lodash: '^4.17.4' } }) });
    expect(of(range, 'known-flaw').map(({ severity }) => severity)).toEqual(['low']);
  });

  it('equal folders give equal results', async () => {
    const files = { 'package.json': app({ dependencies: { a: '*' } }), 'a.js': "require('b');" };
    expect(await look(files)).toEqual(await look(files));
  });
});
