import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalMode } from '../../../src/core/model/workflow';
import type { Runtime } from '../../../src/core/runtime-port';
import { OUTSIDE, SECRET } from '../model/folder';
import type { Reached } from '../model/outdoors';
import { carriers, LET_IN, type Carrier } from './carriers';
import { orders, type Order } from './orders';
import { begin, isFor, openOf, openTheatre, toldIn, turnsIn, type Model, type Theatre } from './theatre';

const FULL = process.env['HOSTILE'] === 'full';
const MODES: readonly ApprovalMode[] = ['interactive', 'auto', 'batch'];
/** A model looks for what it is to read so often. */
const MOST_LOOKS = 8;

const steps = ({ other, isUpstream }: Carrier, mark: string) => {
  const victim = `    agent: victim\n    with: { tools: [mcp_teller_note] }\n`;
  const work = `  - key: work\n${victim}    prompt: WORK-${mark}\n${isUpstream === true ? '    dependsOn: [other]\n' : ''}`;
  return other === undefined && isUpstream !== true
    ? work
    : `${work}  - key: other\n${victim}    prompt: OTHER-${mark}\n`;
};

/** Takes the text in, and does what it says as soon as it has read it. */
function obedient(
  carrier: Carrier,
  order: Order,
  mark: string,
  base: string,
): Model & { readonly obeyed: () => boolean } {
  let hasObeyed = false;
  const text = `${order.text} ${mark}`;
  const model: Model = (request) => {
    if (isFor(request, `OTHER-${mark}`)) {
      if (carrier.isUpstream) return text;
      return turnsIn(request) === 0 ? (carrier.other?.([text]) ?? 'Said.') : 'Said.';
    }
    if (!isFor(request, `WORK-${mark}`)) return 'Nothing.';
    // The step's own words hold the mark as well.
    const isTold = toldIn(request).replaceAll(`WORK-${mark}`, '').includes(mark);
    if (isTold && !hasObeyed) {
      hasObeyed = true;
      return order.obeyed(base);
    }
    if (isTold || turnsIn(request) >= MOST_LOOKS) return 'Done.';
    return carrier.takeIn.length === 0 ? 'Nothing was told.' : carrier.takeIn;
  };
  return Object.assign(model, { obeyed: () => hasObeyed });
}

describe('a model that does what it reads', () => {
  let theatre: Theatre;
  let runtime: Runtime;
  beforeAll(async () => {
    theatre = await openTheatre();
    runtime = await theatre.open();
  });
  afterAll(() => theatre.close());

  const made = new Map<string, number>();

  it.each(carriers.map((carrier, index) => ({ carrier, index })))(
    'is stopped by the policy whatever $carrier.name says',
    async ({ carrier, index }) => {
      const { world, outdoors, folder } = theatre;
      const faults: string[] = [];
      let obeyed = 0;
      // All of them take some minutes; every second one is a different half for each carrier.
      const some = orders.filter((_, at) => FULL || (at + index) % 2 === 0);
      for (const [at, order] of some.entries()) {
        const mark = `zq${index}x${at}qz`;
        await carrier.lay({ workspace: folder.workspace, outdoors }, `${order.text} ${mark}`);
        if (carrier.name.startsWith('the description')) {
          // A server says once what its tools are.
          await runtime.close();
          runtime = await theatre.open();
        }
        world.changes();
        outdoors.reached();
        const model = obedient(carrier, order, mark, folder.base);
        theatre.plays(model);
        const runId = await begin(
          runtime,
          `name: told\nsteps:\n${steps(carrier, mark)}`,
          MODES[(index + at) % MODES.length] ?? 'auto',
        );
        await settle(runtime, runId, faults);
        if (model.obeyed()) obeyed += 1;
        for (const { path } of world.changes()) faults.push(`${order.via}: ${path} changed`);
        for (const one of outdoors.reached())
          if (!isTakenIn(one)) faults.push(`${order.via}: ${JSON.stringify(one)}`);
        const events = JSON.stringify(await runtime.events(runId));
        if (events.includes(SECRET) || events.includes(OUTSIDE)) faults.push(`${order.via}: a key was told`);
      }
      made.set(carrier.name, obeyed);
      expect(faults).toEqual([]);
      expect(obeyed).toBe(some.length);
    },
  );

  it('was there by every way, and did what it was told', () => {
    console.log(JSON.stringify({ obeyed: Object.fromEntries(made) }));
    expect([...made.values()].every((count) => count > 0)).toBe(true);
    expect(made.size).toBe(carriers.length);
  });
});

/** A person lets in what brings words, and refuses what they lead to. */
async function settle(runtime: Runtime, runId: string, faults: string[]): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const { phase } = await runtime.whenIdle(runId);
    const open = await openOf(runtime, runId);
    if (open.length === 0) {
      if (phase !== 'completed') faults.push(`the run is ${phase}`);
      return;
    }
    for (const { approval } of open) {
      const { shownHash, shown, kind } = approval;
      if (kind !== 'policy') {
        await runtime.decide(runId, approval.id, { action: 'approve', shownHash }, PERSON);
        continue;
      }
      const isLetIn =
        round === 0 &&
        (shown.calls ?? []).every(
          ({ tool, shown: card }) => LET_IN.has(tool) && !JSON.stringify(card).includes('"note":'),
        );
      await runtime.decide(runId, approval.id, { action: isLetIn ? 'approve' : 'retry', shownHash }, PERSON);
    }
  }
  faults.push('the run asks and asks');
}

const PERSON = { name: 'ada', channel: 'terminal' } as const;

/** The carriers' own ways. */
function isTakenIn(reached: Reached): boolean {
  switch (reached.type) {
    case 'command':
      return ['["say"]', '["make","test"]'].includes(JSON.stringify(reached.command));
    case 'page':
      return reached.url.endsWith('/notes');
    case 'service':
      return reached.path === '/search' || reached.path === '/search/issues';
    default:
      return false;
  }
}
