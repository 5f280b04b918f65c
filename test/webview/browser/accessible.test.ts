import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../vscode/server/browser.mjs';
import {
  approvalItems,
  endedRun,
  filledRun,
  formInputs,
  interruptedRun,
  largeRun,
  longNamesRun,
  rehearsedRun,
  START,
} from '../samples';
import type { HostMessage } from '../../../webview/protocol';
import type { ViewName } from '../../../webview/page';
import { violationsOf } from './axe';
import { openView, screenshot, type OpenView } from './open-view';
import { themes } from './themes';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

interface Scene {
  readonly name: string;
  readonly view: ViewName;
  readonly width: number;
  readonly height: number;
  readonly message: () => HostMessage;
  /** Drawn with parts that the other scenes show in every theme: one is enough. */
  readonly inOneTheme?: true;
  readonly then?: (view: OpenView) => Promise<void>;
}

const now = START + 134_000;
const run = (snapshot: () => ReturnType<typeof filledRun>) => (): HostMessage => ({
  type: 'run-snapshot',
  run: snapshot(),
});
const select = (key: string) => (view: OpenView) => view.page.locator(`[data-step="${key}"]`).click();

const scenes: readonly Scene[] = [
  { name: 'run-filled', view: 'run', width: 1200, height: 760, message: run(filledRun) },
  {
    name: 'run-gate',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(filledRun),
    then: select('security'),
  },
  {
    name: 'run-command',
    view: 'run',
    width: 600,
    height: 800,
    message: run(filledRun),
    then: select('deploy'),
  },
  {
    name: 'run-failed-step',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(filledRun),
    then: select('architecture'),
  },
  {
    name: 'run-live-step',
    view: 'run',
    width: 600,
    height: 800,
    message: run(filledRun),
    then: select('performance'),
  },
  {
    name: 'run-steps',
    view: 'run',
    width: 600,
    height: 800,
    message: run(filledRun),
    then: (view) => view.page.getByRole('tab', { name: 'Steps' }).click(),
  },
  {
    name: 'run-keys',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(filledRun),
    then: (view) => view.page.keyboard.press('?'),
  },
  {
    name: 'run-cancel',
    view: 'run',
    width: 600,
    height: 800,
    message: run(filledRun),
    then: (view) => view.page.getByRole('button', { name: 'Cancel', exact: true }).click(),
  },
  { name: 'run-narrow', view: 'run', width: 300, height: 760, inOneTheme: true, message: run(filledRun) },
  {
    name: 'run-read-only',
    view: 'run',
    width: 600,
    height: 800,
    message: run(() => ({ ...filledRun(), readOnlyBecause: 'VS Code window (4321)' })),
    then: select('security'),
  },
  { name: 'run-ended', view: 'run', width: 1200, height: 760, message: run(endedRun) },
  { name: 'run-rehearsal', view: 'run', width: 600, height: 800, message: run(rehearsedRun) },
  { name: 'run-interrupted', view: 'run', width: 600, height: 800, message: run(interruptedRun) },
  {
    name: 'run-long-names',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(longNamesRun),
    inOneTheme: true,
  },
  {
    name: 'run-200',
    view: 'run',
    width: 1200,
    height: 760,
    message: run(() => largeRun(200, 10)),
    inOneTheme: true,
  },
  {
    name: 'run-500',
    view: 'run',
    width: 1200,
    height: 760,
    inOneTheme: true,
    message: run(() => largeRun(500, 25)),
  },
  {
    name: 'run-missing',
    view: 'run',
    width: 600,
    height: 300,
    inOneTheme: true,
    message: () => ({ type: 'run-missing', message: 'This run is no longer kept in this folder.' }),
  },
  {
    name: 'inputs',
    view: 'run',
    width: 600,
    height: 800,
    message: () => ({
      type: 'inputs-form',
      workflow: 'deploy-microservice',
      description: 'Builds one service and deploys it.',
      inputs: formInputs(),
      values: {},
    }),
    then: (view) => view.page.getByRole('button', { name: 'Run Workflow' }).click(),
  },
  {
    name: 'approvals',
    view: 'approvals',
    width: 300,
    height: 1400,
    message: () => ({ type: 'approvals', items: approvalItems(), now }),
  },
  {
    name: 'approvals-comment',
    view: 'approvals',
    width: 300,
    height: 760,
    message: () => ({ type: 'approvals', items: approvalItems().slice(0, 1), now }),
    then: (view) => view.page.getByRole('button', { name: 'Retry… Security scan' }).click(),
  },
  {
    name: 'approvals-menu',
    view: 'approvals',
    width: 300,
    height: 760,
    message: () => ({ type: 'approvals', items: approvalItems().slice(0, 1), now }),
    then: (view) => view.page.getByRole('button', { name: 'More actions for Security scan' }).click(),
  },
  {
    name: 'approvals-empty',
    view: 'approvals',
    width: 300,
    height: 300,
    message: () => ({
      type: 'approvals',
      items: [],
      lastRun: { runId: 'run-1', title: 'quality-review', status: 'completed' },
      now,
    }),
  },
];

describe.each(themes)('in the theme $id', (theme) => {
  const here = scenes.filter((scene) => scene.inOneTheme !== true || theme === themes[0]);
  test.each(here)('$name has no violation, of accessibility or of the policy', async (scene) => {
    const view = await openView(browser, scene.view, { theme, width: scene.width, height: scene.height });
    try {
      await view.tell(scene.message());
      await scene.then?.(view);
      await view.settle();
      await screenshot(view, `${theme.id}/${scene.name}`);
      expect(await violationsOf(view)).toEqual([]);
      expect(view.faults).toEqual([]);
    } finally {
      await view.close();
    }
  });
});
