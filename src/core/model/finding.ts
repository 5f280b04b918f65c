/** One thing an analysis found. Reports and later agents merge findings by `rule` and place. */
export interface Finding {
  /** Stable id: "secrets/aws-access-key". */
  readonly rule: string;
  readonly severity: 'high' | 'medium' | 'low' | 'info';
  /** Says what is wrong, in one sentence. */
  readonly message: string;
  /** Relative to the workspace, forward slashes; absent for a remark about the whole folder. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** What to do about it. */
  readonly advice?: string;
}

/** The output of every local analysis: plain JSON. */
export interface AnalysisOutput {
  readonly engine: 'local engine: rules, no AI model';
  readonly action: string;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Finding['severity'], number>>;
  readonly scanned: {
    readonly files: number;
    readonly lines: number;
    readonly skipped: number;
    /** The folder was too large, so that only a part of it was looked at. */
    readonly isCut?: true;
  };
  /** Figures of the analysis: modules, packages, cycles, ... */
  readonly metrics: Readonly<Record<string, number>>;
  /** What was left out and why: no lockfile, a file too large, ... */
  readonly notes: readonly string[];
}
