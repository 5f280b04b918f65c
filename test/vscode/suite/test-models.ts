import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What a test model does with one request, step by step. */
export type Act =
  | { readonly text: string }
  | { readonly call: { readonly id: string; readonly name: string; readonly input: unknown } }
  | { readonly wait: 'cancelled' | number }
  | { readonly fail: string; readonly code?: 'NoPermissions' | 'Blocked' | 'NotFound' }
  | { readonly other: true };

/** A request as it arrived at a test model. */
export interface Seen {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly parts: readonly unknown[] }[];
  readonly tools: readonly { readonly name: string }[];
  readonly toolMode: number;
  readonly cancelled: boolean;
}

/** How suites steer the models of the small extension beside Baton. */
export interface TestModels {
  readonly script: (acts: readonly Act[]) => void;
  /** From now on these are the answers to what a model was told last. */
  readonly follow: (replies: Readonly<Record<string, readonly Act[]>>) => void;
  readonly seen: readonly Seen[];
  readonly reset: () => void;
  readonly offer: (ids: readonly string[]) => void;
}

/** Steers the models from a clean beginning. */
export async function testModels(): Promise<TestModels> {
  const extension = vscode.extensions.getExtension<TestModels>('baton-tests.test-models');
  assert.ok(extension, 'the extension that offers models is there');
  const models = await extension.activate();
  models.reset();
  models.offer(['test-large', 'test-small']);
  return models;
}

/** What the extension host remembers, for one test. */
export function memory(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: <Value>(key: string, otherwise?: Value) => (kept.get(key) as Value | undefined) ?? otherwise,
    update: (key: string, value: unknown) => {
      kept.set(key, value);
      return Promise.resolve();
    },
  };
}
