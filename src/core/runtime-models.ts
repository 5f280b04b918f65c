import { Emitter } from './base/emitter';
import { BatonError } from './model/errors';
import type { Models } from './runtime-port';

const none = () => Promise.reject(new BatonError('no-provider', 'No model can be asked here.'));

/** For a door that lends no models: nobody is ever asked. */
export const noModels: Models = {
  status: () => Promise.resolve([]),
  automatic: () => Promise.resolve({ why: ['No models are set up here.'] }),
  notes: () => Promise.resolve([]),
  refresh: () => Promise.resolve(),
  test: none,
  offered: none,
  onDidChange: new Emitter<void>().event,
};
