// The imports between files of the workspace, from their texts.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const IMPORT = /(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g;

export interface ImportGraph {
  /** The file and its direct and indirect imports. */
  closureOf(file: string): ReadonlySet<string>;
  /** The file and all files that import it directly or indirectly. */
  dependentsOf(file: string): ReadonlySet<string>;
  textOf(file: string): string;
}

/** The graph of these files; paths are relative to `root`. */
export function readImports(root: string, files: readonly string[]): ImportGraph {
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const entries = packageEntries(root, files);
  const imports = new Map<string, string[]>();
  const importers = new Map<string, string[]>();
  for (const [file, text] of texts) {
    const targets = [...text.matchAll(IMPORT)].flatMap(([, specifier = '']) => {
      const target = specifier.startsWith('.')
        ? normalize(join(dirname(file), specifier.split('?')[0] ?? '')).replaceAll('\\', '/')
        : entries.get(specifier);
      return target !== undefined && texts.has(target) ? [target] : [];
    });
    imports.set(file, targets);
    for (const target of targets) importers.set(target, [...(importers.get(target) ?? []), file]);
  }
  return {
    closureOf: (file) => reach(file, imports),
    dependentsOf: (file) => reach(file, importers),
    textOf: (file) => texts.get(file) ?? '',
  };
}

function reach(start: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const file of reached) for (const next of edges.get(file) ?? []) reached.add(next);
  return reached;
}

/** The file of each `@movie-load/…` specifier. */
function packageEntries(root: string, files: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Set(files.map((file) => file.split('/', 2).join('/')));
  const entries = new Map<string, string>();
  for (const folder of folders) {
    if (!/^(packages|services)\//.test(folder)) continue;
    const manifest: { name: string; exports?: Record<string, string> } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    );
    for (const [entry, target] of Object.entries(manifest.exports ?? {}))
      entries.set(join(manifest.name, entry).replaceAll('\\', '/'), join(folder, target).replaceAll('\\', '/'));
  }
  return entries;
}
