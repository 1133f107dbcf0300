// Results of earlier runs of the mutation tests, in `.tmp/mutate`, which may be deleted at any time.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './reload.ts';

export const FOLDER = join(ROOT, '.tmp/mutate');

export interface Store<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  save(): void;
}

/** A table on disk. With `fresh`, `get` returns only what this run has set. */
export function openStore<T>(name: string, fresh: boolean): Store<T> {
  const file = join(FOLDER, `${name}.json`);
  const entries = new Map<string, T>(fresh ? [] : read<T>(file));
  let isSaved = true;
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.set(key, value);
      isSaved = false;
    },
    save() {
      if (isSaved) return;
      mkdirSync(dirname(file), { recursive: true });
      // Another run may have stored results meanwhile.
      const allEntries = new Map([...read<T>(file), ...entries]);
      // Writes another file and renames it, so that an interrupted run does not leave an incomplete table.
      writeFileSync(`${file}.part`, JSON.stringify([...allEntries]));
      renameSync(`${file}.part`, file);
      isSaved = true;
    },
  };
}

function read<T>(file: string): [string, T][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return []; // the first run, or an unreadable file
  }
}
