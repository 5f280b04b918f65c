import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/base/json';
import { wantLine } from '../../../src/core/model/asked-words';
import type { AskedCall } from '../../../src/core/model/tool-call';

function asked(agent: string, tool: string, ...effects: readonly JsonObject[]): AskedCall {
  const hash = 'ab'.repeat(32);
  return { key: hash, agent, tool, rule: 'shell', why: 'Runs a command', shown: {}, effects, hash };
}
const write = (path: string) => ({ type: 'write', path });
const command = { type: 'shell', command: 'rm -rf /', cwd: '/here' };

describe('what agents want, in plain words', () => {
  test.each<[string, readonly AskedCall[]]>([
    ['writer wants to run a command', [asked('writer', 'run_command', command)]],
    ['writer wants to run 2 commands', [asked('writer', 'a', command), asked('writer', 'a', command)]],
    ['quality wants to change 1 file', [asked('quality', 'write_file', write('/a'))]],
    ['quality wants to change 2 files', [asked('quality', 'apply_patch', write('/a'), write('/b'))]],
    ['quality wants to change 1 file', [asked('quality', 'edit', write('/a'), write('/a'))]],
    ['data wants to delete 1 file', [asked('data', 'delete_file', { type: 'delete', path: '/a' })]],
    ['data wants to open a web address', [asked('data', 'fetch', { type: 'network', purpose: 'fetch' })]],
    ['cto wants to use the server tickets', [asked('cto', 'x', { type: 'mcp', server: 'tickets' })]],
    ['cto wants to hand work to security', [asked('cto', 'x', { type: 'delegate', agent: 'security' })]],
    ['cto wants to use think', [asked('cto', 'think')]],
    [
      '2 agents want to change 1 file and run a command',
      [asked('a', 'write_file', write('/a')), asked('b', 'run_command', command)],
    ],
    [
      'a wants to do 3 things',
      [asked('a', 'x', write('/a')), asked('a', 'y', command), asked('a', 'z', { type: 'read', path: '/k' })],
    ],
  ])('%s', (line, calls) => {
    expect(wantLine(calls)).toBe(line);
  });

  test('two addresses are two web addresses', () => {
    const fetch = asked('data', 'fetch', { type: 'network', purpose: 'fetch' });
    expect(wantLine([fetch, fetch])).toBe('data wants to open 2 web addresses');
  });

  test('says nothing of what a model wrote', () => {
    expect(wantLine([asked('writer', 'run_command', command)])).not.toContain('rm');
  });
});
