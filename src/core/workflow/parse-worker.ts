import { sha256 } from '../node-sha256';
import { answerMessages } from '../node-worker';
import { parseWorkflow } from './parse';
import type { ParseQuestion } from './parse-file';

/** Reads a made-up file, so that the first real one finds compiled code; gives the milliseconds it took. */
function warmUp(): number {
  const steps = Array.from(
    { length: 60 },
    (_, i) => `  - key: s${i}\n    run: ls\n    description: "number ${i}"\n`,
  );
  const begin = performance.now();
  for (let round = 0; round < 3; round++) {
    parseWorkflow({
      text: `name: warm-up\nsteps:\n${steps.join('')}`,
      path: 'warm-up.yaml',
      knownAgents: [],
    });
  }
  return performance.now() - begin;
}

/** A thread that may be ended while it reads: a file that never comes to an end takes nothing else with it. */
answerMessages((message) => {
  const question = message as ParseQuestion | 'ready';
  if (question === 'ready') return warmUp();
  const { included, ...request } = question;
  const files = new Map(included);
  return parseWorkflow({ ...request, sha256, readFile: (path) => files.get(path) });
});
