import { describe, expect, it } from 'vitest';
import { callTitle } from '../../../src/core/model/tool-words';

const PATCH = `--- a/src/a.ts
+++ b/src/a.ts
@@ -1 +1 @@
-one
+two
--- /dev/null
+++ b/src/b.ts\t2026-01-01
@@ -0,0 +1 @@
+new
--- a/old.md
+++ /dev/null
@@ -1 +0,0 @@
-gone
`;

describe('the line of a call', () => {
  it.each([
    ['write_file', { path: 'src/a.ts', content: 'x' }, 'write_file src/a.ts'],
    ['run_command', { program: 'npm', arguments: ['test'] }, 'run_command npm test'],
    ['find_definition', { name: 'priceOf' }, 'find_definition priceOf'],
    ['delegate_many', { agents: ['security', 'quality'], task: 'Look.' }, 'delegate_many security quality'],
    ['delegate', { agent: 'security', task: 'Look.' }, 'delegate security'],
    ['read_messages', {}, 'read_messages'],
  ])('says what %s is about', (tool, args, line) => {
    expect(callTitle(tool, args)).toBe(line);
  });

  it('names the files of a patch, each once', () => {
    expect(callTitle('apply_patch', { patch: PATCH })).toBe('apply_patch src/a.ts, src/b.ts, old.md');
  });

  it('stays one short line, whatever a model asks for', () => {
    for (const patch of [PATCH, 'no patch', '', '--- '.repeat(50_000), `+++ ${'x'.repeat(5_000)}\n`])
      expect(callTitle('apply_patch', { patch })).toMatch(/^apply_patch( .{1,100})?$/);
  });
});
