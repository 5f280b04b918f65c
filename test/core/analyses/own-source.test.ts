import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTestHost } from '../../support/node-host';
import { folderActions, look } from './on-disk';

const source = path.resolve(import.meta.dirname, '../../../src');

describe("Baton's own source", () => {
  it('gives at most one finding in 500 lines, were every one of them false', async () => {
    const host = createTestHost();
    const told: string[] = [];
    let lines = 0;
    for (const action of folderActions) {
      const { output } = await look(host, action, source);
      lines = Math.max(lines, output.scanned.lines);
      for (const { severity, rule, file, line } of output.findings) {
        if (severity !== 'info') told.push(`${severity} ${rule} ${file}:${line}`);
      }
    }
    expect(lines).toBeGreaterThan(10_000);
    expect(told.length, told.join('\n')).toBeLessThanOrEqual(lines / 500);
  }, 120_000);
});
