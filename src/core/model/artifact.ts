import type { Sha256 } from './ids';

/** A file that a step produced, kept by content: equal bytes are stored once. */
export interface ArtifactRef {
  readonly hash: Sha256;
  /** Path as produced, relative, with forward slashes: "reports/review.md". */
  readonly path: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}
