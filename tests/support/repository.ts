// Where the checkout and its tools are.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trackedFiles as filesOf } from '../../scripts/test/tracked-files.ts';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const biome = join(root, 'node_modules/.bin/biome');
export const tsc = join(root, 'node_modules/.bin/tsc');

/** The files under version control that match git's path patterns (`*` also matches `/`). */
export const trackedFiles = (...patterns: string[]): string[] => filesOf(root, ...patterns);

/** A file of the checkout. */
export const readText = (file: string): string => readFileSync(join(root, file), 'utf8');
