import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ViewName } from '../../../webview/page';
import type { HostMessage } from '../../../webview/protocol';
import { violationsOf } from './axe';
import { openView, screenshot, type OpenView } from './open-view';
import { themes } from './themes';

/** A view that is told something, of a size in pixels. */
export interface Scene {
  /** Of its pictures. */
  readonly name: string;
  readonly view: ViewName;
  readonly width: number;
  readonly height: number;
  readonly message: () => HostMessage;
  /** Drawn with parts that the other scenes show in every theme: one is enough. */
  readonly inOneTheme?: true;
  /** What a person does then. */
  readonly then?: (view: OpenView) => Promise<unknown>;
}

/** Tests that each scene follows every rule of axe and its page's policy, and takes its picture, in each theme. */
export function lookAtScenes(scenes: readonly Scene[]): void {
  describe.each(scenes)('$name', (scene) => {
    let view: OpenView;
    // Opened once and worn in every theme, as people change theirs: opening takes several times as long as looking.
    beforeAll(async () => {
      view = await openView(scene.view, scene);
      await view.tell(scene.message());
      await scene.then?.(view);
    });
    afterAll(() => view.close());

    test.each(scene.inOneTheme ? [themes.dark] : Object.values(themes))(
      'has no violation, of accessibility or of the policy, in the theme $id',
      async (theme) => {
        await view.wear(theme);
        await screenshot(view, `${theme.id}/${scene.name}`);
        expect(await violationsOf(view)).toEqual([]);
        expect(view.faults).toEqual([]);
      },
    );
  });
}
