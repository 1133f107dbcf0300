// Loads movie-load's modules again with changes of a few places of their source. The files are not changed: a module
// hook changes the text that Node loads, and only in modules that are imported with the name of a sabotage.
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
const SABOTAGE_PARAMETER = 'sabotage';

/** The reason why the patches of a file cannot be applied. */
class PatchProblem extends Error {}

/** The reason why patches cannot be applied; undefined when they can. */
export function patchProblem(patches: readonly Patch[]): string | undefined {
  for (const [file, filePatches] of Map.groupBy(patches, (patch) => patch.file)) {
    try {
      applyPatches(readFileSync(new URL(file, ROOT), 'utf8'), filePatches);
    } catch (error) {
      if (error instanceof PatchProblem) return `${file}: ${error.message}`;
      throw error;
    }
  }
  return undefined;
}

/** Replaces a text in a source. It must occur exactly once. */
export const replaceOnce = (from: string, to: string) => (source: string) => {
  const pieces = source.split(from);
  if (pieces.length !== 2) throw new PatchProblem(`${source} has ${from} ${pieces.length - 1} times, not once`);
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
  const textOf = ({ start, end }: Piece) => source.slice(start, end);
  const replaced = (piece: Piece, change: string | ((text: string) => string)) =>
    typeof change === 'string' ? change : change(textOf(piece));
  const { before, instead, insteadOfStatement } = patch;
  if (instead !== undefined) return { ...place, text: label + replaced(place, instead) };
  const text =
    insteadOfStatement === undefined
      ? `${before ?? ''}\n${textOf(statement)}`
      : replaced(statement, insteadOfStatement);
  return { ...statement, text: isInBlock ? text : `{ ${text} }` };
}

/** Refuses undeclared names: the sabotage would be noticed only because the program fails with a `ReferenceError`. */
function checkNames(source: string, patched: string): void {
  try {
    const before = undeclaredNames(source);
    for (const name of undeclaredNames(patched)) {
      if (!before.has(name) && !(name in globalThis))
        throw new PatchProblem(`the sabotage uses ${name}, which is not declared`);
    }
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new PatchProblem(`the sabotaged source is not TypeScript: ${error.message}`);
    throw error;
  }
}

const sabotageIn = (url: string | undefined) =>
  url === undefined ? null : new URL(url).searchParams.get(SABOTAGE_PARAMETER);

let installedPatches: ReadonlyMap<string, readonly Patch[]> | undefined;

/**
 * From now on `import('…?sabotage=<name>')` returns modules with that sabotage's patches, and so do their own
 * imports.
 */
export function installPatches(byName: ReadonlyMap<string, readonly Patch[]>): void {
  const isInstalled = installedPatches !== undefined;
  installedPatches = byName;
  if (isInstalled) return;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const result = nextResolve(specifier, context);
      const name = sabotageIn(context.parentURL);
      const isProjectModule = result.url.startsWith(ROOT.href) && !result.url.includes('/node_modules/');
      if (name === null || !isProjectModule || sabotageIn(result.url) !== null) return result;
      return { ...result, url: `${result.url}?${SABOTAGE_PARAMETER}=${encodeURIComponent(name)}` };
    },
    load(url, context, nextLoad) {
      const name = sabotageIn(url);
      if (name === null) return nextLoad(url, context);
      const result = nextLoad(url, context);
      const path = fileURLToPath(new URL(url));
      const filePatches =
        installedPatches?.get(name)?.filter(({ file }) => fileURLToPath(new URL(file, ROOT)) === path) ?? [];
      return filePatches.length === 0
        ? result
        : { ...result, source: applyPatches(String(result.source), filePatches) };
    },
  });
}
