// Models and texts that mean harm: a small size, and with --full all of it (about half an hour).
//   node test/hostile/run.mjs [--full]    SEED=… makes a run again, SEQUENCE=… one sequence of it
import { parseArgs } from 'node:util';
import { runNode } from '../tools.mjs';

const { values } = parseArgs({ options: { full: { type: 'boolean', default: false } } });
if (values.full) process.env['HOSTILE'] = 'full';
const flags = ['run', '--config', 'test/hostile/vitest.config.mts'];
const minutes = values.full ? 90 : 14;
process.exitCode = (await runNode(['node_modules/vitest/vitest.mjs', ...flags], minutes)) ? 0 : 1;
