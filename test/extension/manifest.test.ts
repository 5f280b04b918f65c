import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly views: { readonly baton: readonly { readonly id: string; readonly visibility?: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
    };
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly svg: string } }[];
    }[];
  };
}

const text = read('package.json');
const manifest = JSON.parse(text) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { contributes } = manifest;
const commands = contributes.commands.map(({ command }) => command);

describe('the manifest', () => {
  it('has a text for each of its keys, and no text without a key', () => {
    const keys = [...text.matchAll(/"%([\w.]+)%"/g)].map((found) => found[1] ?? '');
    expect([...new Set(keys)].sort()).toEqual(Object.keys(texts).sort());
  });

  it('names only commands that it declares, each of them once', () => {
    expect(new Set(commands).size).toBe(commands.length);
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(
      ({ command }) => command,
    );
    const linked = Object.values(texts).flatMap((one) => [...one.matchAll(/\(command:(baton\.[\w.]+)\)/g)]);
    for (const command of [...named, ...linked.map((found) => found[1])]) expect(commands).toContain(command);
  });

  it('shows every command in the palette that works without a place of its own', () => {
    const hidden = (contributes.menus['commandPalette'] ?? [])
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    expect(hidden.every((command) => command.startsWith('baton.panel.'))).toBe(true);
    expect(contributes.commands.every(({ category }) => category === 'Baton')).toBe(true);
  });

  it('offers at most three actions in a row of a tree', () => {
    const inline = (contributes.menus['view/item/context'] ?? []) as readonly {
      when?: string;
      group?: string;
    }[];
    const byRow = new Map<string, number>();
    for (const { when = '', group = '' } of inline)
      if (group.startsWith('inline')) byRow.set(when, (byRow.get(when) ?? 0) + 1);
    for (const [row, actions] of byRow) expect(actions, row).toBeLessThanOrEqual(3);
  });

  it('ships every picture it names', () => {
    const pictures = [...text.matchAll(/"(?:\.\/)?(media\/[\w./-]+)"/g)].map((found) => found[1] ?? '');
    expect(pictures.length).toBeGreaterThan(8);
    for (const picture of pictures) expect(existsSync(path.join(root, picture)), picture).toBe(true);
  });

  it('lets no folder choose how its own gates are answered, or where its runs are kept', () => {
    const { properties } = contributes.configuration;
    expect(properties['baton.approvals']?.scope).toBe('application');
    expect(properties['baton.stateDirectory']?.scope).toBe('machine');
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    expect(restrictedConfigurations).toContain('baton.resumeOnOpen');
  });

  it('draws its pictures with colours of the theme and a fallback', () => {
    for (const { media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      const colours = [...read(media.svg).matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(
        (found) => found[1] ?? '',
      );
      expect(colours.filter((colour) => colour !== 'none' && !colour.startsWith('var(--vscode-'))).toEqual(
        [],
      );
    }
  });

  it('starts when a window is restored, and with a folder that has workflows', () => {
    expect(manifest.activationEvents).toEqual(
      expect.arrayContaining([
        'onWebviewPanel:baton.run',
        'onFileSystem:baton-draft',
        'workspaceContains:.baton',
      ]),
    );
  });
});
