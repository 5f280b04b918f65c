import type { Disposable } from './base/disposable';
import type { Host } from './host';
import { withRedactor } from './host-redacted';
import { connect } from './providers/adapters';
import type { ModelSource } from './providers/model-settings';
import { createModels } from './runtime-models';
import type { Models } from './runtime-port';
import { redactModels } from './runtime-redacted';
import { openDayLedger } from './storage/day-ledger';

/** The models of a door that has no folder open: to set a key, to look who could answer. Nothing of them is kept. */
export function createLoneModels(host: Host, source: ModelSource): Disposable & { readonly models: Models } {
  const redacted = withRedactor(host);
  const { redactor } = redacted;
  const lone = createModels({ host: redacted, source, ledger: openDayLedger(redacted), redactor, connect });
  return { models: redactModels(lone.models, redactor), dispose: () => lone.dispose() };
}
