import { describe, expect, it } from 'vitest';
import {
  detectCommands,
  type CommandWish,
  type ProjectFolder,
} from '../../../../src/core/tools/build/detect-commands';

const manifest = JSON.stringify({ scripts: { test: 'vitest run', build: 'tsc -b' } });

function folderOf(files: Readonly<Record<string, string>>, platform = 'linux'): ProjectFolder {
  return { names: new Set(Object.keys(files)), read: async (path) => files[path], platform };
}

async function commands(files: Readonly<Record<string, string>>, wish: CommandWish, platform?: string) {
  const found = await detectCommands(folderOf(files, platform), wish);
  return found.map((one) => one.command.join(' '));
}

const test: CommandWish = { purpose: 'test' };
const build: CommandWish = { purpose: 'build' };

describe('the commands of a project', () => {
  it.each<[string, Record<string, string>, string, string | undefined]>([
    ['npm', { 'package.json': manifest }, 'npm run test', 'npm run build'],
    ['pnpm', { 'package.json': manifest, 'pnpm-lock.yaml': '' }, 'pnpm run test', 'pnpm run build'],
    ['yarn', { 'package.json': manifest, 'yarn.lock': '' }, 'yarn run test', 'yarn run build'],
    ['Maven', { 'pom.xml': '' }, 'mvn -B test', 'mvn -B -DskipTests package'],
    ['Maven by its wrapper', { 'pom.xml': '', mvnw: '' }, './mvnw -B test', './mvnw -B -DskipTests package'],
    [
      'Gradle',
      { 'build.gradle.kts': '', gradlew: '' },
      './gradlew --console=plain --continue cleanTest test',
      './gradlew --console=plain assemble',
    ],
    ['cargo', { 'Cargo.toml': '' }, 'cargo test --no-fail-fast', 'cargo build'],
    ['Go', { 'go.mod': '' }, 'go test -json ./...', 'go build ./...'],
    ['pytest', { 'requirements.txt': '' }, 'python3 -m pytest -rfE --tb=short', undefined],
    [
      'pytest in its environment',
      { 'setup.py': '', '.venv': '' },
      './.venv/bin/python -m pytest -rfE --tb=short',
      undefined,
    ],
    [
      'uv',
      { 'pyproject.toml': '[build-system]\n', 'uv.lock': '' },
      'uv run python -m pytest -rfE --tb=short',
      'uv run python -m build',
    ],
    ['make', { Makefile: 'all: x\ncheck:\n\ttrue\n' }, 'make check', 'make all'],
  ])('are found for %s', async (_name, files, forTests, forBuild) => {
    expect(await commands(files, test)).toEqual([forTests]);
    expect(await commands(files, build)).toEqual(forBuild === undefined ? [] : [forBuild]);
  });

  it('name one test as each system takes it', async () => {
    const one: CommandWish = { purpose: 'test', target: 'a/b' };
    expect(await commands({ 'package.json': manifest }, one)).toEqual(['npm run test -- a/b']);
    expect(await commands({ 'package.json': manifest, 'pnpm-lock.yaml': '' }, one)).toEqual([
      'pnpm run test a/b',
    ]);
    expect(await commands({ 'go.mod': '' }, one)).toEqual(['go test -json a/b']);
    expect(await commands({ 'Cargo.toml': '' }, one)).toEqual(['cargo test --no-fail-fast -- a/b']);
    expect(await commands({ 'conftest.py': '' }, one)).toEqual(['python3 -m pytest -rfE --tb=short a/b']);
    expect(await commands({ 'pom.xml': '' }, { purpose: 'test', target: 'SumTest' })).toEqual([
      'mvn -B -Dtest=SumTest -Dsurefire.failIfNoSpecifiedTests=false test',
    ]);
  });

  it('are several where a folder has several systems', async () => {
    const files = { 'package.json': manifest, 'Cargo.toml': '', Makefile: 'test:\n' };
    expect(await commands(files, test)).toEqual(['npm run test', 'cargo test --no-fail-fast', 'make test']);
  });

  it('are none where nothing says so', async () => {
    expect(await commands({}, test)).toEqual([]);
    expect(await commands({ 'package.json': '{}' }, test)).toEqual([]);
    expect(await commands({ 'package.json': 'not JSON' }, test)).toEqual([]);
    expect(await commands({ 'package.json': '{"scripts": {"test": {"__proto__": 1}}}' }, test)).toEqual([]);
    const untouched = JSON.stringify({ scripts: { test: 'echo "Error: no test specified" && exit 1' } });
    expect(await commands({ 'package.json': untouched }, test)).toEqual([]);
    expect(await commands({ Makefile: 'test := 1\n' }, test)).toEqual([]);
  });

  it('are those of Windows there', async () => {
    expect(await commands({ 'pom.xml': '', 'mvnw.cmd': '' }, test, 'win32')).toEqual(['mvnw.cmd -B test']);
    expect(await commands({ 'setup.py': '' }, test, 'win32')).toEqual(['python -m pytest -rfE --tb=short']);
  });
});
