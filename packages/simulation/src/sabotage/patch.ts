// Loads the project again with changes of a few places of its source. The files are not changed: a module hook
// changes the text that Node loads, and only in modules that are imported with the sabotage's name.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Anchor, findPlace, type Piece, undeclaredNames } from './anchor.ts';

/** One change of one place. It has exactly one of `before`, `instead` and `insteadOfStatement`. */
export interface Patch {
  /** The path from the root of the repository. */
  readonly file: string;
  /** The function that the place is in, see `findPlace`; the module itself when undefined. */
  readonly in?: string;
  readonly at: Anchor;
  /** Statements that are inserted before the place's statement. */
  readonly before?: string;
  /** The new code of the place; a function gets the old code. */
  readonly instead?: string | ((source: string) => string);
  /** The new code of the place's statement; an empty text removes it. */
  readonly insteadOfStatement?: string | ((source: string) => string);
}

const ROOT = new URL('../../../../', import.meta.url);
const NAME = 'sabotage';

/** Why a file's patches cannot be applied. */
class PatchProblem extends Error {}

/** Why patches cannot be applied; undefined when they can. */
export function patchProblem(patches: readonly Patch[]): string | undefined {
  for (const [file, ofFile] of Map.groupBy(patches, (patch) => patch.file)) {
    try {
      applyPatches(readFileSync(new URL(file, ROOT), 'utf8'), ofFile);
    } catch (error) {
      if (error instanceof PatchProblem) return `${file}: ${error.message}`;
      throw error;
    }
  }
  return undefined;
}

/** Replaces a part of a source; a problem unless it occurs exactly once. */
export const swap = (from: string, to: string) => (source: string) => {
  const pieces = source.split(from);
  if (pieces.length !== 2) throw new PatchProblem(`${pieces.length - 1} times ${from} in ${source}`);
  return pieces.join(to);
};

interface Edit extends Piece {
  readonly text: string;
}

/** @throws PatchProblem */
export function applyPatches(source: string, patches: readonly Patch[]): string {
  const edits = patches.map((patch) => editOf(source, patch)).sort((a, b) => b.start - a.start);
  let patched = source;
  for (const [index, { start, end, text }] of edits.entries()) {
    const next = edits[index - 1];
    if (next !== undefined && end > next.start) throw new PatchProblem('two patches overlap');
    patched = patched.slice(0, start) + text + patched.slice(end);
  }
  checkNames(source, patched);
  return patched;
}

function editOf(source: string, patch: Patch): Edit {
  const place = findPlace(source, patch.in, patch.at);
  if (typeof place === 'string') throw new PatchProblem(place);
  const { statement, isInBlock, label } = place;
  const written = ({ start, end }: Piece) => source.slice(start, end);
  const became = (piece: Piece, change: string | ((text: string) => string)) =>
    typeof change === 'string' ? change : change(written(piece));
  const { before, instead, insteadOfStatement } = patch;
  if (instead !== undefined) return { ...place, text: label + became(place, instead) };
  const text =
    insteadOfStatement === undefined ? `${before ?? ''}\n${written(statement)}` : became(statement, insteadOfStatement);
  return { ...statement, text: isInBlock ? text : `{ ${text} }` };
}

/** An undeclared name would stop the sabotaged program with a `ReferenceError`, and be noticed for that reason. */
function checkNames(source: string, patched: string): void {
  try {
    const before = undeclaredNames(source);
    for (const name of undeclaredNames(patched)) {
      if (!before.has(name) && !(name in globalThis))
        throw new PatchProblem(`the sabotage uses ${name}, which is not there`);
    }
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new PatchProblem(`what the sabotage makes is not TypeScript: ${error.message}`);
    throw error;
  }
}

const nameIn = (url: string | undefined) => (url === undefined ? null : new URL(url).searchParams.get(NAME));

let installed: ReadonlyMap<string, readonly Patch[]> | undefined;

/**
 * From now on `import('…?sabotage=<name>')` returns modules with that sabotage's patches, and so do their own
 * imports.
 */
export function installPatches(byName: ReadonlyMap<string, readonly Patch[]>): void {
  const isInstalled = installed !== undefined;
  installed = byName;
  if (isInstalled) return;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const result = nextResolve(specifier, context);
      const name = nameIn(context.parentURL);
      const isOurs = result.url.startsWith(ROOT.href) && !result.url.includes('/node_modules/');
      if (name === null || !isOurs || nameIn(result.url) !== null) return result;
      return { ...result, url: `${result.url}?${NAME}=${encodeURIComponent(name)}` };
    },
    load(url, context, nextLoad) {
      const name = nameIn(url);
      if (name === null) return nextLoad(url, context);
      const result = nextLoad(url, context);
      const path = fileURLToPath(new URL(url));
      const mine = installed?.get(name)?.filter(({ file }) => fileURLToPath(new URL(file, ROOT)) === path) ?? [];
      return mine.length === 0 ? result : { ...result, source: applyPatches(String(result.source), mine) };
    },
  });
}
