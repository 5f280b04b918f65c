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
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
    }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly svg: string } }[];
    }[];
  };
}

const text = read('package.json');
const manifest = JSON.parse(text) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { contributes } = manifest;
const settings = () =>
  Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as Readonly<
    Record<string, { readonly scope?: string }>
  >;
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
    expect(hidden.every((command) => /^baton\.(panel|note)\./.test(command))).toBe(true);
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
    const properties = settings();
    expect(properties['baton.approvals']?.scope).toBe('application');
    expect(properties['baton.stateDirectory']?.scope).toBe('machine');
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    expect(restrictedConfigurations).toContain('baton.resumeOnOpen');
  });

  it('lets no folder set an address, a price or a cap for the day', () => {
    const own = Object.entries(settings()).filter(([name]) =>
      /baseUrl|compatibleServers|prices|budget|probe/.test(name),
    );
    expect(own).toHaveLength(8);
    for (const [name, { scope }] of own) expect(['machine', 'application'], name).toContain(scope);
    expect(Object.keys(settings()).filter((name) => /key|secret|token$/i.test(name))).toEqual([]);
  });

  it('lets neither a folder nor a remote machine that a folder sets up say what agents may do and where keys are sent', () => {
    const own = Object.entries(settings()).filter(([name]) =>
      /\.(?:policy|search|elasticsearch|embeddings|github|mcpServers)\b/.test(name),
    );
    expect(own).toHaveLength(11);
    for (const [name, { scope }] of own) expect(scope, name).toBe('application');
  });

  it('knows no setting of a folder in Restricted Mode that says how models are asked', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const ofFolders = Object.entries(settings())
      .filter(([name, { scope }]) => /providers|routing/.test(name) && scope === 'resource')
      .map(([name]) => name);
    expect(ofFolders.length).toBeGreaterThan(20);
    expect(restrictedConfigurations).toEqual(expect.arrayContaining(ofFolders));
  });

  it('has at most five views', () => {
    expect(contributes.views.baton.length).toBeLessThanOrEqual(5);
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
