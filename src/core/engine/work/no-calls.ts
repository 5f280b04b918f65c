import type { CallLog } from '../../agents/agent';
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
