import { relativeInside } from './workspace-path';

/** Where calls happen. */
export interface PolicyPlace {
  /** Absolute real path of the workspace folder. */
  readonly workspace: string;
  /** As `Host.platform` says. */
  readonly platform: string;
  /** Absolute folders that only Baton itself may change: its store, its settings. */
  readonly ownFolders?: readonly string[];
}

/** Where an absolute path stands. The tool's own word for it does not count. */
export function effectPlace(
  path: string,
  place: PolicyPlace,
): { readonly relative?: string; readonly isOwn: boolean } {
  const relative = relativeInside(place.workspace, path, place.platform);
  const isOwn = (place.ownFolders ?? []).some(
    (folder) => relativeInside(folder, path, place.platform) !== undefined,
  );
  return relative === undefined ? { isOwn } : { relative, isOwn };
}
