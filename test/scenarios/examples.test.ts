import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { builtCli, eventsIn, Workplace } from '../support/built-cli';
import { agentSays, toldTo } from '../support/scripted-agents';
import { environmentOf, startVendorServer, type VendorServer, type Vendor } from '../support/vendor-servers';
import { collaborationModels, intelligenceModels, fallbackModels, MENDED } from './example-models';

/* The examples with agents, in a copy of their folder: the built command line, servers that speak like the vendors, real tools. */

const examples = path.resolve(import.meta.dirname, '../../examples');
let place: Workplace;
let servers: Record<Vendor, VendorServer>;

const of = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
const outputOf = (events: readonly RunEvent[], step: string) =>
  of(events, 'step-completed').find((event) => event.step === step)?.output;
const original = (name: string) => readFile(path.join(examples, name), 'utf8');

async function baton(...args: readonly string[]) {
  const ended = await place.baton([...args, '--json'], { env: environmentOf(servers) });
  return { ...ended, events: ['run', 'resume'].includes(args[0] ?? '') ? eventsIn(ended.stdout) : [] };
}

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  const [claude, gemini, openai] = await Promise.all([
    startVendorServer(),
    startVendorServer(),
    startVendorServer(),
  ]);
  servers = { claude, gemini, openai };
  place = await Workplace.make();
  await cp(examples, place.workspace, { recursive: true });
});
afterEach(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  await place.remove();
});
