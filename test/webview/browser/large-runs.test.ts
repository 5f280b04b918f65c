import { describe, expect, test } from 'vitest';
import type { RunEventBody } from '../../../src/core/model/events';
import type { HostMessage } from '../../../webview/protocol';
import { largeModelRun } from '../model-samples';
import { begins, completes, eventsOf, largeRun, START } from '../samples';
import { openView } from './open-view';

const open = () => openView('run', { width: 1200, height: 760 });

/** Ten updates of three steps each, as a busy run tells them in a second. */
function updates(from: number, seq: number): HostMessage[] {
  return Array.from({ length: 10 }, (_none, index) => {
    const keys = [0, 1, 2].map((offset) => `step-${from + index * 3 + offset}`);
    const bodies: RunEventBody[] = keys.flatMap((key) => [begins(key), completes(key, 'Nothing found')]);
    return {
      type: 'run-events',
      events: eventsOf(bodies, { from: seq + 1 + index * bodies.length }),
      progress: { percentage: 60, elapsedMs: 80_000 },
      interrupted: false,
      now: START + 140_000,
    };
  });
}

describe.each([
  [200, 10, 'without models', largeRun],
  [500, 25, 'without models', largeRun],
  [500, 25, 'that asked models 1,000 times', largeModelRun],
] as const)('a run of %d steps, %d on a level, %s', (count, width, _kind, sampleRun) => {
  const run = sampleRun(count, width);

  test('is drawn whole, and an update touches only the steps that it is about', async () => {
    const view = await open();
    const drawn = await view.page.evaluate(measureDrawing, { type: 'run-snapshot', run } as unknown);
    expect(await view.page.locator('[data-step]').count()).toBe(count);

    const picture = () => view.page.locator('.graph-picture > g').getAttribute('transform');
    const place = await picture();
    const from = Math.floor(count / width / 2) * width + 3;
    const told = updates(from, run.state.seq);
    const { touched, ...figures } = await view.page.evaluate(measureUpdates, told as readonly unknown[]);
    expect(touched).toEqual(Array.from({ length: 30 }, (_none, index) => `step-${from + index}`).sort());
    expect(await picture()).toBe(place);

    // Figures, not limits: this machine may be busy with something else.
    console.log(
      `${count} steps: drawn in ${drawn.toFixed(0)} ms; 10 updates: script ${figures.script
        .map((time) => time.toFixed(1))
        .join(' ')} ms; tasks over 50 ms: ${figures.longTasks}`,
    );
    expect(view.faults).toEqual([]);
    await view.close();
  });
});

/** In the page: milliseconds from the message to the picture on the screen. */
async function measureDrawing(message: unknown): Promise<number> {
  const start = performance.now();
  window.postMessage(message, '*');
  await new Promise<void>((resolve) => {
    const look = () =>
      document.querySelector('[data-step]') === null
        ? requestAnimationFrame(look)
        : requestAnimationFrame(() => setTimeout(resolve, 0));
    requestAnimationFrame(look);
  });
  return performance.now() - start;
}

/** In the page: ten messages, a tenth of a second apart; the steps whose part of the document changed, and what it cost. */
async function measureUpdates(
  messages: readonly unknown[],
): Promise<{ touched: string[]; script: number[]; longTasks: number }> {
  const touched = new Set<string>();
  let longTasks = 0;
  const tasks = new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  });
  tasks.observe({ type: 'longtask' });
  const changes = new MutationObserver((records) => {
    for (const { target, addedNodes } of records)
      for (const node of [target, ...addedNodes]) {
        const element = node instanceof Element ? node : node.parentElement;
        const key = element
          ?.closest('.node')
          ?.querySelector<SVGElement>('[data-step]')
          ?.getAttribute('data-step');
        if (key !== null && key !== undefined) touched.add(key);
      }
  });
  const scene = document.querySelector('.graph-picture');
  if (scene !== null)
    changes.observe(scene, { subtree: true, childList: true, attributes: true, characterData: true });
  const script: number[] = [];
  for (const message of messages) {
    // The view draws in the frame after the message: one callback before its own, one after.
    let frameBegan = 0;
    requestAnimationFrame(() => {
      frameBegan = performance.now();
    });
    const start = performance.now();
    window.dispatchEvent(new MessageEvent('message', { data: message }));
    const heard = performance.now() - start;
    const drawn = await new Promise<number>((resolve) => {
      requestAnimationFrame(() => resolve(performance.now() - frameBegan));
    });
    script.push(heard + drawn);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  changes.disconnect();
  tasks.disconnect();
  // Steps that count seconds change by themselves.
  const ticking = [...document.querySelectorAll('.is-running, .is-waiting')].map((node) =>
    node.querySelector('[data-step]')?.getAttribute('data-step'),
  );
  return {
    touched: [...touched].filter((key) => !ticking.includes(key)).sort(),
    script,
    longTasks,
  };
}
