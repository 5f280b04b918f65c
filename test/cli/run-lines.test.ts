import { describe, expect, it } from 'vitest';
import { runLines, type RunLinesOptions } from '../../src/cli/show/run-lines';
import { createStyle, widthOf } from '../../src/cli/show/style';
import { nothingSpent, type Spending } from '../../src/core/model/model-call';
import type { RunSummary } from '../../src/core/storage/run-store';

const START = new Date(2026, 10, 21, 14, 2).getTime();
const WIDE: RunLinesOptions = { style: createStyle(false), width: 120, isOwned: true };

const run = (more: Partial<RunSummary> = {}): RunSummary => ({
  runId: '1m7zzvsd4v39wgap',
  workflow: 'quality-review',
  rehearsal: false,
  status: 'completed',
  startedAt: START,
  endedAt: START + 26_800,
  settledSteps: 4,
  steps: 4,
  openApprovals: 0,
  ...more,
});
const spent = (more: Partial<Spending>) => ({ spent: { ...nothingSpent, calls: 1, ...more } });

describe('the list of runs', () => {
  it('says what each one cost, its numbers under each other', () => {
    const lines = runLines(
      [
        run(spent({ usd: 1.5, estimated: true })),
        run({ ...spent({ usd: 0.0046 }), endedAt: START + 126_000 }),
        run(spent({ unpriced: ['ollama/qwen'] })),
        run(),
      ],
      WIDE,
    );
    expect(lines).toEqual([
      '1m7zzvsd4v39wgap  ✓ completed  4/4  2026-11-21 14:02    26.8 s    ~$1.50  quality-review',
      '1m7zzvsd4v39wgap  ✓ completed  4/4  2026-11-21 14:02  2 m 06 s   $0.0046  quality-review',
      '1m7zzvsd4v39wgap  ✓ completed  4/4  2026-11-21 14:02    26.8 s  unpriced  quality-review',
      '1m7zzvsd4v39wgap  ✓ completed  4/4  2026-11-21 14:02    26.8 s            quality-review',
    ]);
  });

  it('has no column for money where nobody asked a model', () => {
    expect(runLines([run()], WIDE)).toEqual([
      '1m7zzvsd4v39wgap  ✓ completed  4/4  2026-11-21 14:02  26.8 s  quality-review',
    ]);
  });

  it('leaves durations out where the window is narrow, then the ends of names', () => {
    const waiting = run({ status: 'waiting', openApprovals: 1, settledSteps: 2 });
    const lines = runLines([run({ ...spent({ usd: 0.04 }), workflow: 'a-very-long-name' }), waiting], {
      ...WIDE,
      width: 80,
    });
    expect(lines).toEqual([
      '1m7zzvsd4v39wgap  ✓ completed      4/4  2026-11-21 14:02  $0.04  a-very-long-na…',
      '1m7zzvsd4v39wgap  ◐ waits for you  2/4  2026-11-21 14:02         quality-review',
    ]);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
  });

  it('tells how many questions are open where the state does not', () => {
    const [line = ''] = runLines([run({ status: 'running', openApprovals: 2 })], WIDE);
    expect(line).toContain('4/4, 2 waiting');
  });

  it('calls a run interrupted that nobody drives', () => {
    const [line = ''] = runLines([run({ status: 'running' })], { ...WIDE, isOwned: false });
    expect(line).toContain('interrupted');
  });

  it('calls a run damaged of which records are lost, whoever drives the others', () => {
    const [line = ''] = runLines([run({ status: 'damaged' })], WIDE);
    expect(line).toContain('✗ damaged');
  });
});
