import type { ProvidersTree } from '../views/providers-tree';
import type { Consent } from './consent';
import type { Keys } from './keys';
import type { LastFaults } from './last-faults';
import type { VscodeModel } from './vscode-model';
import type { WindowModels } from './window-models';

/** What commands about models work with. */
export interface ModelParts {
  readonly window: WindowModels;
  readonly keys: Keys;
  readonly consent: Consent;
  readonly editorModels: VscodeModel;
  readonly tree: ProvidersTree;
  readonly lastFaults: LastFaults;
}
