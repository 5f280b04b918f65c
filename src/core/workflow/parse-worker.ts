import { sha256 } from '../node-sha256';
import { answerMessages } from '../node-worker';
import { parseWorkflow } from './parse';
import type { ParseQuestion } from './parse-file';

/** A thread that may be ended while it reads: a file that never comes to an end takes nothing else with it. */
answerMessages((message) => {
  const question = message as ParseQuestion | 'ready';
  if (question === 'ready') return 'ready';
  const { included, ...request } = question;
  const files = new Map(included);
  return parseWorkflow({ ...request, sha256, readFile: (path) => files.get(path) });
});
