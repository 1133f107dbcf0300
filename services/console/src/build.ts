// Builds the page into dist/ if it is missing or outdated: `npm run file -- services/console/src/build.ts`.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readArgumentsOrExit } from '@movie-load/service/arguments';

const HELP = `Builds the console's page into services/console/dist if that is missing or older than the page's sources.

  --force   also if it is up to date
`;

const consoleFolder = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder of the built page, which the server serves. */
export const DIST = join(consoleFolder, 'dist');

/** All files below a folder. With `recursive`, Node would follow the links in node_modules to every package. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });

/** True if the built page is at least as new as its sources, or the sources are missing, as in an image. */
export function isBuilt(root = consoleFolder): boolean {
  const index = join(root, 'dist/index.html');
  const page = join(root, 'src/page');
  if (!existsSync(index)) return false;
  if (!existsSync(page)) return true;
  const builtAt = statSync(index).mtimeMs;
  const sources = [...filesBelow(page), join(root, 'src/api.ts'), join(root, 'src/build.ts')];
  return sources.every((file) => statSync(file).mtimeMs <= builtAt);
}

/**
 * Builds the page unless it is up to date (`isBuilt`), or in any case with `force`; a build takes about two seconds.
 * Not for an image, which contains the built page but neither its sources nor Vite. Throws what Vite throws.
 */
async function buildPage({ force = false } = {}): Promise<'built' | 'up to date'> {
  if (!force && isBuilt()) return 'up to date';
  // Overrides the caller's NODE_ENV (a test runner's, for example), which would decide which React is built in.
  process.env.NODE_ENV = 'production';
  const { bundlePage } = await import('./page/bundle.ts');
  // Builds in a temporary folder first: another `up` may build or serve the page at the same time.
  const temporary = join(consoleFolder, '.tmp', `dist-${process.pid}`);
  try {
    await bundlePage(temporary);
    await Promise.all(filesBelow(temporary).filter(isText).map(compress));
    moveToDist(temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return 'built';
}

function moveToDist(folder: string): void {
  rmSync(DIST, { recursive: true, force: true });
  try {
    renameSync(folder, DIST);
  } catch (error) {
    // The rename fails if another build has put its page there in the meantime. Then that page is used.
    if (!isBuilt()) throw error;
  }
}

const isText = (file: string): boolean => /\.(js|css|html|svg)$/.test(file);

const brotliBuffer = promisify(brotliCompress);
const gzipBuffer = promisify(gzip);
const BROTLI_QUALITY = 11;

/** Writes a file's compressed forms next to it, so that the server never compresses. */
async function compress(file: string): Promise<void> {
  const content = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  writeFileSync(`${file}.br`, await brotliBuffer(content, { params }));
  writeFileSync(`${file}.gz`, await gzipBuffer(content, { level: 9 }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { force } = readArgumentsOrExit({ help: HELP, options: { force: { type: 'boolean', default: false } } });
  const outcome = await buildPage({ force });
  process.stderr.write(`the page is ${outcome} (${relative(process.cwd(), DIST) || '.'})\n`);
}
