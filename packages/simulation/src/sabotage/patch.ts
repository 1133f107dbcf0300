// Loads the project once more with a few lines of its source changed. The files stay as they are: the change is made to
// the text on its way from the file into Node, and only in modules that are imported with the sabotage's name.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** One change: `find` is exactly once in the file, however it is laid out there: spaces and line breaks do not count. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const ROOT = new URL('../../../../', import.meta.url);
const NAME = 'sabotage';

/** The text's words and signs, with any layout between them. */
function patternOf(find: string): RegExp {
  const tokens = find.match(/\w+|[^\w\s]/g) ?? [];
  return new RegExp(tokens.map((token) => token.replace(/\W/, '\\$&')).join('\\s*'), 'g');
}

/** Why a patch cannot be applied; undefined when it can. */
export function patchProblem({ file, find }: Patch): string | undefined {
  const times = readFileSync(new URL(file, ROOT), 'utf8').match(patternOf(find))?.length ?? 0;
  return times === 1 ? undefined : `${file}: the text to be replaced is there ${times} times, not once:\n${find}`;
}

const nameIn = (url: string | undefined) => (url === undefined ? null : new URL(url).searchParams.get(NAME));

let patches: ReadonlyMap<string, readonly Patch[]> | undefined;

/** From now on `import('…?sabotage=<name>')` gives modules with that name's patches, and so do their own imports. */
export function installPatches(byName: ReadonlyMap<string, readonly Patch[]>): void {
  const installed = patches !== undefined;
  patches = byName;
  if (installed) return;
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
      const mine = patches?.get(name)?.filter(({ file }) => fileURLToPath(new URL(file, ROOT)) === path) ?? [];
      if (mine.length === 0) return result;
      let source = String(result.source);
      for (const { find, replace } of mine) source = source.replace(patternOf(find), () => replace);
      return { ...result, source };
    },
  });
}
