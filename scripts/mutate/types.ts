// Finds the mistakes that the type checker notices. All that no test noticed are checked at once, each in its own copy
// of the file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Mutant, mutate } from './mutants.ts';
import { packageOf } from './plan.ts';
import { ROOT } from './reload.ts';
import { FOLDER } from './store.ts';

const COPIES_FOLDER = join(FOLDER, 'types');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Keys of those mutants whose file no longer type-checks. */
export function keysNoticedByTypes(mutants: readonly Mutant[], textOf: (file: string) => string): Set<string> {
  if (mutants.length === 0) return new Set();
  rmSync(COPIES_FOLDER, { recursive: true, force: true });
  const keys = new Map<string, string>();
  for (const [index, mutant] of mutants.entries()) {
    const name = `${basename(mutant.file, '.ts')}.mutant-${index}.ts`;
    const copy = join(dirname(mutant.file), name);
    keys.set(name, mutant.key);
    mkdirSync(join(COPIES_FOLDER, dirname(copy)), { recursive: true });
    writeFileSync(join(COPIES_FOLDER, copy), mutate(textOf(mutant.file), mutant));
    linkDependencies(packageOf(mutant.file));
  }
  // A copy's relative imports are resolved from the original's folder.
  const compilerOptions = { rootDirs: [ROOT, COPIES_FOLDER], noEmit: true };
  const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: ['**/*.mutant-*.ts'] };
  writeFileSync(join(COPIES_FOLDER, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(process.execPath, [TSC, '-p', COPIES_FOLDER, '--pretty', 'false'], { encoding: 'utf8' });
  const files = stdout
    .split('\n')
    .flatMap((line) => /([^/\\]+\.mutant-\d+\.ts)\(\d+,\d+\): error/.exec(line)?.[1] ?? []);
  return new Set(files.flatMap((file) => keys.get(file) ?? []));
}

function linkDependencies(folder: string): void {
  const [dependencies, link] = [join(ROOT, folder, 'node_modules'), join(COPIES_FOLDER, folder, 'node_modules')];
  // A package without dependencies has no such folder.
  if (existsSync(dependencies) && !existsSync(link)) symlinkSync(dependencies, link);
}
