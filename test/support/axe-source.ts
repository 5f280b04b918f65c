import { readFileSync } from 'node:fs';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');

/** The program of axe, for a page to evaluate. Half as long as what the package gives as its own source. */
export const axeSource = readFileSync(file, 'utf8');
