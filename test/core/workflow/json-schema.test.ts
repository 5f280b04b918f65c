import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/base/json';
import { workflowJsonSchema } from '../../../src/core/workflow/json-schema';
import { read, told } from './reading';

const file = path.resolve(import.meta.dirname, '../../../media/workflow.schema.json');

describe('the JSON Schema of workflow files', () => {
  it('is written down for editors as it is (BATON_UPDATE_GOLDEN=1 writes it)', async () => {
    const written = await format(JSON.stringify(workflowJsonSchema), { parser: 'json', printWidth: 110 });
    if (process.env['BATON_UPDATE_GOLDEN'] === '1') writeFileSync(file, written);
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  it('names only keys that the parser knows', () => {
    const top = properties(workflowJsonSchema);
    for (const key of Object.keys(top)) expect(unknownKeys(`${key}:\n`)).toEqual([]);
    for (const key of Object.keys(properties(top['config']))) {
      expect(unknownKeys(`config: {${key}: }\n`)).toEqual([]);
    }
    for (const key of Object.keys(properties(items(top['steps'])))) {
      expect(unknownKeys(`steps: [{${key}: }]\n`)).toEqual([]);
    }
    for (const key of Object.keys(properties(items(top['phases'])))) {
      expect(unknownKeys(`phases: [{id: a, ${key === 'id' ? 'name' : key}: }]\n`)).toEqual([]);
    }
  });

  it('has every key of the own format', () => {
    const top = properties(workflowJsonSchema);
    const keys = 'name version description author tags inputs config providers env steps phases';
    expect(Object.keys(top).sort()).toEqual(keys.split(' ').sort());
    const stepKeys =
      'key name description agent action prompt with run dependsOn if continueOnError onError retry timeout idempotent provider model maxTokens temperature approval output writes';
    expect(Object.keys(properties(items(top['steps']))).sort()).toEqual(stepKeys.split(' ').sort());
  });
});

function properties(schema: unknown): Record<string, unknown> {
  return (schema as { properties: Record<string, unknown> }).properties;
}

function items(schema: unknown): JsonObject {
  return (schema as { items: JsonObject }).items;
}

function unknownKeys(text: string): string[] {
  return told(read(text)).filter((line) => line.includes('unknown-key'));
}
