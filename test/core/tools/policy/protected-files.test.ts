import { describe, expect, it } from 'vitest';
import { isProtected } from '../../../../src/core/tools/policy/protected-files';
import { isSecret } from '../../../../src/core/tools/policy/secret-files';
import cases from '../../../fixtures/shell/protected-paths.json';

const platforms = ['linux', 'darwin', 'win32'];

describe('protected files', () => {
  it('are all of a shared list, and nothing of what is ordinary in it', () => {
    const wrong = cases.flatMap(({ path, verdict }) =>
      platforms
        .filter((platform) => isProtected(path, platform) !== (verdict === 'ask'))
        .map((platform) => `${platform}: ${path}`),
    );
    expect(cases.length).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });

  it.each([
    '.vscode/settings.json',
    'deep/er/.idea/runConfigurations/x.xml',
    '.git/hooks/pre-commit',
    'vendor.git/hooks/post-checkout',
    '.husky/pre-push',
    '.github/workflows/release.yml',
    '.github/actions/a/action.yml',
    '.github/agents/x.agent.md',
    '.circleci/config.yml',
    '.claude/agents/helper.md',
    '.some-new-agent/mcp.json',
    '.some-new-agent/settings.local.json',
    '.some-new-agent/hooks/start.sh',
    '.some-new-agent/rules/all.md',
    'sub/AGENTS.md',
    'docs/review.prompt.md',
    '.bashrc',
    '.zshrc',
    '.profile',
    '.anythingrc',
    '.prettierrc.mjs',
    'jest.config.ts',
    'apps/web/next.config.mjs',
    'webpack.dev.config.js',
    'tsconfig.build.json',
    'requirements-dev.txt',
    'Dockerfile',
    'Dockerfile.prod',
    'docker-compose.override.yml',
    'build.gradle.kts',
    'infra/main.tf',
    'x.csproj',
    'Cargo.toml',
    'build.rs',
    '.npmrc',
    '.yarnrc.yml',
    '.yarn/releases/yarn.cjs',
    'pnpm-lock.yaml',
    'node_modules/left/index.js',
    'site.pth',
    'baton.yaml',
    '.env',
    '.env.local',
    '.EnvRc',
    'Makefile.am',
    '\uFF0Egit/config',
    '.g\u200Cit/config',
    '.git\u202E/config',
    '.git./config',
    '../x',
    '/etc/passwd',
    'C:\\x',
    'a\0b',
    '',
  ])('include %j', (path) => {
    expect(platforms.map((platform) => isProtected(path, platform))).toEqual([true, true, true]);
  });

  it.each([
    'src/main.ts',
    'README.md',
    'docs/guide.md',
    '.gitignore',
    '.editorconfig',
    '.prettierignore',
    'src/build/index.ts',
    'src/hooks/use-thing.ts',
    'src/config/settings.json',
    'test/agents/a.test.ts',
    'public/index.html',
    '.github/ISSUE_TEMPLATE/bug.md',
    'data/report.csv',
    'src/env.ts',
    'tasks/today.md',
    'src/rules/rule.ts',
    'src/agent.ts',
    'media/a.svg',
    'lib/policy.rb',
  ])('do not include %j', (path) => {
    expect(platforms.map((platform) => isProtected(path, platform))).toEqual([false, false, false]);
  });

  it('include on Windows what it may read as another file', () => {
    for (const path of ['GIT~1/config', 'a.txt:stream', 'x/CON', 'aux.json', '.vscode\\tasks.json'])
      expect([path, isProtected(path, 'win32')]).toEqual([path, true]);
    expect(isProtected('a~1b.txt', 'linux')).toBe(false);
  });
});

describe('files with keys', () => {
  it('are known by name and folder', () => {
    const secret = [
      '.env',
      'a/.env.production',
      'id_rsa',
      'x.pem',
      '.ssh/known',
      '.aws/credentials',
      '.npmrc',
      '.netrc',
    ];
    secret.push(
      'secrets.yaml',
      'terraform.tfstate',
      'prod.env',
      '.git-credentials',
      'C:\\me\\.ssh\\id',
      '.ENV',
      '.git/config',
    );
    expect(secret.filter((path) => !isSecret(path))).toEqual([]);
    const plain = [
      'src/secrets.ts',
      '.env.example',
      'id_rsa.pub',
      'environment.ts',
      'src/token.ts',
      'keyboard.md',
      'config',
    ];
    expect(plain.filter(isSecret)).toEqual([]);
  });
});
