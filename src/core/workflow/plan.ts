import type { StepKey } from '../model/ids';

/** The graph of a definition. A level is only a picture and a checkpoint boundary: steps start when they are ready. */
export interface Plan {
  /** Each step in the first level after all it depends on; keys in file order. */
  readonly levels: readonly (readonly StepKey[])[];
  readonly edges: readonly { readonly from: StepKey; readonly to: StepKey }[];
  /** A topological order, stable: file order where the graph allows. */
  readonly order: readonly StepKey[];
}
