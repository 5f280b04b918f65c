import type { Step } from '../../model/workflow';
import type { MapNode, ScalarNode, SourceNode, Span } from '../source/node';
import type { ListedText } from './values';

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** A step while its file is read: what is known already, and where the parts stand that need the other steps. */
export interface StepDraft {
  readonly step: Mutable<Step>;
  /** "steps[2]" */
  readonly path: string;
  readonly node: MapNode;
  /** Where its key stands, or the name that made the key. */
  readonly at: Span;
  /** The name that other steps may call it by, where it has no key of its own. */
  readonly nameAsKey?: string;
  readonly dependencies: readonly ListedText[];
  /** Where `model` stands. */
  readonly modelAt?: Span;
  readonly prompt?: ScalarNode & { readonly path: string };
  readonly run?: SourceNode;
  readonly with?: MapNode;
  readonly condition?: ScalarNode;
  readonly show: readonly ListedText[];
  readonly message?: ScalarNode;
  /** What the file says itself; the workflow's defaults fill the rest. */
  readonly says: { readonly continueOnError: boolean; readonly retry: boolean };
}
