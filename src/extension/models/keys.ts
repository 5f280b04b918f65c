import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable';
import { DisposableStore } from '../../core/base/disposable';
import type { ProviderSettings } from '../../core/providers/model-settings';

const KEY = 'baton.key.';
const SECRET = 'baton.secret.';
/** What people may call a secret in a workflow: `secrets.NAME`. */
export const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Env = (name: string) => string | undefined;
type Keyed = Pick<ProviderSettings, 'name' | 'keyNames'>;

/**
 * Keys of providers and secrets of workflows. What is stored here wins over the environment; nothing is kept in memory, so
 * that what is removed is gone.
 */
export class Keys implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());

  /** A key or a secret was stored or removed, in this window or another. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly env: Env,
  ) {
    this.store.add(
      secrets.onDidChange(({ key }) => {
        if (key.startsWith(KEY) || key.startsWith(SECRET)) this.changed.fire();
      }),
    );
  }

  async key({ name, keyNames }: Keyed): Promise<string | undefined> {
    return (await this.stored(KEY + name)) ?? this.fromEnvironment(keyNames);
  }

  async hasStoredKey(provider: string): Promise<boolean> {
    return (await this.stored(KEY + provider)) !== undefined;
  }

  async storeKey(provider: string, key: string): Promise<void> {
    await this.secrets.store(KEY + provider, key.trim());
  }

  async removeKey(provider: string): Promise<void> {
    await this.secrets.delete(KEY + provider);
  }

  async secret(name: string): Promise<string | undefined> {
    if (!SECRET_NAME.test(name)) return undefined;
    return (await this.stored(SECRET + name)) ?? this.fromEnvironment([`BATON_SECRET_${name}`, name]);
  }

  async hasStoredSecret(name: string): Promise<boolean> {
    return (await this.stored(SECRET + name)) !== undefined;
  }

  async storeSecret(name: string, value: string): Promise<void> {
    await this.secrets.store(SECRET + name, value);
  }

  async removeSecret(name: string): Promise<void> {
    await this.secrets.delete(SECRET + name);
  }

  dispose(): void {
    this.store.dispose();
  }

  private async stored(name: string): Promise<string | undefined> {
    const value = await this.secrets.get(name);
    return value === undefined || value === '' ? undefined : value;
  }

  private fromEnvironment(names: readonly string[]): string | undefined {
    return names.map((name) => this.env(name)?.trim()).find((value) => value !== undefined && value !== '');
  }
}
