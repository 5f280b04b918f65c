import { expect, test } from 'vitest';
import { tellsHere } from '../../src/extension/views/who-tells';
import { windowName } from '../../src/extension/window-name';

test('a person is told once: by the window that owns the folder, and not by the others', () => {
  expect(tellsHere(undefined)).toBe(true);
  expect(tellsHere(windowName(123))).toBe(false);
});

test('for a terminal that owns the folder a window tells, for nobody else does', () => {
  expect(tellsHere('terminal (pid 7)')).toBe(true);
});
