/*
 * Owns: which files of a workspace run code by themselves, or change who may do what.
 * Does not own: whether a write to one is asked or denied (judge).
 * Must stay true: in doubt a path is protected; every spelling of a protected path is.
 */
import { isDoubtfulOnWindows, plainName } from './file-name';
import { isProtectedName } from './protected-names';
import { plainRelative } from './workspace-path';

/** Folders whose whole content is protected, wherever they stand. */
const FOLDERS = new Set([
  // Editors.
  ...[
    '.vscode',
    '.vscode-server',
    '.vs',
    '.idea',
    '.fleet',
    '.zed',
    '.nova',
    '.theia',
    '.settings',
    '.sublime',
  ],
  // Versions: settings and hooks.
  ...['.git', '.hg', '.svn', '.jj', '.bzr', '.husky', '.githooks', '.lefthook'],
  // Builds by other machines.
  ...[
    '.circleci',
    '.buildkite',
    '.gitlab',
    '.woodpecker',
    '.drone',
    '.teamcity',
    '.semaphore',
    '.azure-pipelines',
  ],
  ...['.gitea', '.forgejo', '.tekton', '.ci', '.azuredevops'],
  // Agents of any maker.
  ...['.claude', '.cursor', '.codex', '.gemini', '.roo', '.cline', '.clinerules', '.continue', '.windsurf'],
  ...[
    '.aider',
    '.amazonq',
    '.kiro',
    '.junie',
    '.copilot',
    '.opencode',
    '.goose',
    '.augment',
    '.tabnine',
    '.trae',
  ],
  ...[
    '.qwen',
    '.crush',
    '.factory',
    '.kilocode',
    '.openhands',
    '.agents',
    '.agent',
    '.codeium',
    '.zencoder',
    '.amp',
  ],
  ...[
    '.automatosx',
    '.mcp',
    '.rules',
    '.warp',
    '.void',
    '.pearai',
    '.qodo',
    '.codebuddy',
    '.devin',
    '.jules',
  ],
  // Baton's own.
  '.baton',
  // Containers, shells, keys, package managers.
  ...['.devcontainer', '.direnv', '.ssh', '.gnupg', '.aws', '.azure', '.gcloud', '.kube', '.docker', '.yarn'],
  ...['.cargo', '.mvn', '.gradle', '.bundle', '.pip', '.m2', '.nuget', '.config', '.local', '.mise', '.asdf'],
  ...['.storybook', '.ipython', '.jupyter', '.terraform', '.pulumi', '.sops', '.npm', '.pnpm-store', '.gem'],
  // Loaded instead of what was reviewed.
  ...['node_modules', '.venv', 'venv', 'site-packages', '__pycache__'],
]);

/** In a folder that begins with a dot, of a tool that nobody here has heard of, these are its settings. */
const TOOL_SETTINGS =
  /^(?:(?:settings?|config|configuration|mcp|hooks?|permissions?|policy|policies|tasks|launch|rules?|instructions?|plugins?|extensions?)(?:[._-].*)?|agents?(?:\.md)?|commands?|skills?)$/;

const GIT_HOOKS =
  /^(?:(?:pre|post)-[a-z-]+|applypatch-msg|commit-msg|prepare-commit-msg|push-to-checkout|update|proc-receive|sendemail-validate|fsmonitor-watchman|reference-transaction|p4-[a-z-]+)$/;

/** True when writing the file may run code later or loosen a guard. The path is relative to the workspace. */
export function isProtected(relativePath: string, platform: string): boolean {
  const relative = plainRelative(relativePath, platform);
  if (relative === undefined) return true;
  const raw = relative.split(/[/\\]/).filter((segment) => segment !== '');
  if (platform === 'win32' && raw.some(isDoubtfulOnWindows)) return true;
  const names = raw.map(plainName);
  const last = names.at(-1);
  if (last === undefined || last === '') return names.length === 0 || raw.at(-1) !== '...';
  const folders = names.slice(0, -1);
  return (
    names.some((name) => FOLDERS.has(name)) ||
    isGithub(names) ||
    folders.some((name, index) => name.startsWith('.') && TOOL_SETTINGS.test(names[index + 1] ?? '')) ||
    (folders.at(-1) === 'hooks' && GIT_HOOKS.test(last)) ||
    isProtectedName(last)
  );
}

/** Everything in .github acts, except the forms that people fill in. */
function isGithub(names: readonly string[]): boolean {
  const at = names.indexOf('.github');
  if (at < 0) return false;
  return !/^(?:issue_template|pull_request_template.*|funding\.yml|security\.md|contributing\.md|code_of_conduct\.md)$/.test(
    names[at + 1] ?? '',
  );
}
