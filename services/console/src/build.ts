// Builds the page into dist/ if it is missing or outdated: `npm run file -- services/console/src/build.ts`.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readArgumentsOrEnd } from '@movie-load/service/arguments';

const HELP = `Builds the console's page into services/console/dist when its sources are newer.

  --force   also when they are not
`;

const home = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder of the built page, which the server serves. */
export const DIST = join(home, 'dist');

/** Does not use `recursive`: Node would follow the links in node_modules to every package's node_modules. */
const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files(path);
    return entry.isFile() ? [path] : [];
  });

/** True if the built page is at least as new as its sources, or the sources are missing, as in an image. */
export function isBuilt(root = home): boolean {
  const index = join(root, 'dist/index.html');
  const page = join(root, 'src/page');
  if (!existsSync(index)) return false;
  if (!existsSync(page)) return true;
  const builtAt = statSync(index).mtimeMs;
  const sources = [...files(page), join(root, 'src/api.ts'), join(root, 'src/build.ts')];
  return sources.every((file) => statSync(file).mtimeMs <= builtAt);
}

/**
 * Builds the page if `isBuilt` says so or `force` does; about two seconds. An image has neither the page's sources
 * nor Vite: it has its dist/ with it. Throws when Vite does.
 */
async function buildPage({ force = false } = {}): Promise<'built' | 'fresh'> {
  if (!force && isBuilt()) return 'fresh';
  // Overrides the caller's NODE_ENV (a test runner's, for example), which would decide which React is built in.
  process.env.NODE_ENV = 'production';
  const { bundlePage } = await import('./page/bundle.ts');
  // Builds in another folder first: another `up` may build or serve the page at the same time.
  const beside = join(home, '.tmp', `dist-${process.pid}`);
  try {
    await bundlePage(beside);
    await Promise.all(files(beside).filter(isText).map(compress));
    moveToItsPlace(beside);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return 'built';
}

function moveToItsPlace(folder: string): void {
  rmSync(DIST, { recursive: true, force: true });
  try {
    renameSync(folder, DIST);
  } catch (error) {
    // Another build has just finished, so that its page exists now.
    if (!isBuilt()) throw error;
  }
}

const isText = (file: string): boolean => /\.(js|css|html|svg)$/.test(file);

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const BROTLI_QUALITY = 11;

/** Writes a file's compressed forms next to it, so that the server never compresses. */
async function compress(file: string): Promise<void> {
  const content = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  writeFileSync(`${file}.br`, await brotli(content, { params }));
  writeFileSync(`${file}.gz`, await zip(content, { level: 9 }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { force } = readArgumentsOrEnd({ help: HELP, options: { force: { type: 'boolean', default: false } } });
  const done = await buildPage({ force });
  process.stderr.write(`the page is ${done} (${relative(process.cwd(), DIST) || '.'})\n`);
}
