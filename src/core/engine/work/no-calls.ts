import type { CallLog, ToolLog } from '../../agents/agent';
import { BatonError } from '../../model/errors';
import type { Purse } from '../../providers/routing';

const refuse = () => Promise.reject(new BatonError('needs-model', 'No model can be asked here.'));

/** For attempts that may ask no model. */
export const noCalls: CallLog = {
  answered: () => Promise.resolve(undefined),
  begin: () => 1,
  routed: refuse,
  record: refuse,
};

export const emptyPurse: Purse = { reserve: refuse };

const refuseTool = () => Promise.reject(new BatonError('no-tools', 'No tool can be used here.'));

/** For attempts whose agents use no tools. */
export const noTools: ToolLog = {
  recorded: () => Promise.resolve(undefined),
  answer: () => undefined,
  keysWereRead: () => false,
  writtenWithKeys: () => new Set(),
  allowances: () => [],
  begin: () => 1,
  started: refuseTool,
  completed: refuseTool,
};

/** For attempts that are done alone. */
export const nobodyJoins = (): Promise<never> =>
  Promise.reject(new BatonError('no-tools', 'Nobody takes part in a conversation here.'));
