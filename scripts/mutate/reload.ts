// Loads a part of the workspace again with one changed file. The file on disk stays unchanged: its text is replaced
// while Node loads it, under its own URL.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ChangedFile } from './protocol.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const ROOT_URL = `${pathToFileURL(ROOT).href}/`;
const JEST_GLOBALS = new URL('./jest-globals.ts', import.meta.url).href;
const LOAD_QUERY = '?load=';

export interface Reload {
  /** Paths of the files that are evaluated again; all others are shared. */
  readonly files: ReadonlySet<string>;
  readonly changed?: readonly ChangedFile[] | undefined;
}

const strippedSources = new Map<string, string>();
let current: Reload = { files: new Set() };
let reloadCount = 0;

/** Makes Node load the files again, once. */
export function reload(next: Reload): void {
  current = next;
  reloadCount += 1;
}

/** Imports a file of the workspace in its state after the last `reload`. */
export const load = (file: string): Promise<unknown> => import(addressOf(file));

const addressOf = (file: string): string => `${ROOT_URL}${file}${LOAD_QUERY}${reloadCount}`;

/** The path of a file of the workspace from its URL; undefined for any other URL. */
export function fileOf(url: string): string | undefined {
  if (!url.startsWith(ROOT_URL) || url.includes('/node_modules/')) return undefined;
  return url.slice(ROOT_URL.length).split('?')[0];
}

/** Tests and the modules that they share keep state: they are always loaded again. */
export const isTest = (file: string): boolean => /^(?:tests|packages\/testing)\/|\/test\//.test(file);

export function installReload(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === '@jest/globals') return { url: JEST_GLOBALS, shortCircuit: true };
      const result = nextResolve(specifier, context);
      const file = fileOf(result.url);
      if (file === undefined || result.url.includes('?')) return result;
      return isTest(file) || current.files.has(file) ? { ...result, url: addressOf(file) } : result;
    },
    load(url, context, nextLoad) {
      const file = url.includes(LOAD_QUERY) ? fileOf(url) : undefined;
      if (!file?.endsWith('.ts')) return nextLoad(url, context);
      return { format: 'module', source: sourceOf(file, url), shortCircuit: true };
    },
  });
}

function sourceOf(file: string, url: string): string {
  const changed = current.changed?.find((candidate) => candidate.file === file);
  if (changed !== undefined) return stripTypeScriptTypes(changed.text);
  const cached = strippedSources.get(file);
  if (cached !== undefined) return cached;
  const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
  strippedSources.set(file, source);
  return source;
}
