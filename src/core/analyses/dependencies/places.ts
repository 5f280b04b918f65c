import { isTestPath } from '../language';

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Folder of a path; the workspace itself is "". */
export const folderOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';

export const inFolder = (folder: string, name: string): string =>
  folder === '' ? name : `${folder}/${name}`;

/** The folder and every one above it, nearest first; the workspace ("") is last. */
export function foldersUp(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

export const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path.startsWith(`${folder}/`);

/** Manifests that only tests or generators look at: nobody installs from them. */
export const isSpecimen = (path: string): boolean =>
  /(?:^|\/)(?:__)?(?:fixtures?|testdata|test-data|mocks?|templates?|snapshots?)(?:__)?\//i.test(path);

/** Set-up and build scripts: they run where the project is made, not where it is used. */
export const isToolFile = (path: string): boolean =>
  /\.config\.\w+$|rc\.[cm]?[jt]s$|(?:^|\/)(?:gulpfile|gruntfile|webpack|rollup|vite|vitest|jest|karma|esbuild|babel|metro|playwright|cypress|wdio|protractor|build|release|tsup|turbo|rspack)[\w.-]*\.[cm]?[jt]s$/i.test(
    path,
  ) ||
  /(?:^|\/)(?:scripts?|tools?|tooling|build|config|\.storybook|\.github|docs?|examples?|demos?|samples?|website|benchmarks?|e2e|migrations)\//i.test(
    path,
  ) ||
  /(?:^|\/)\.[\w.-]+$/.test(path);

/** Neither a test nor a tool. */
export const isSource = (path: string): boolean => !isTestPath(path) && !isToolFile(path);
