import { defaultModelOf } from '../src/core/providers/model-facts';

export type Vendor = 'anthropic' | 'gemini' | 'openai';
export const vendors: readonly Vendor[] = ['anthropic', 'gemini', 'openai'];

/** One that the table knows, with a price: as people ask it. Nothing leaves this machine. */
export function modelOf(vendor: Vendor): string {
  const model = defaultModelOf(vendor);
  if (model === undefined) throw new Error(`The table names no model of ${vendor}.`);
  return model;
}
