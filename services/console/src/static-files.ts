// Serves the built page from memory: compressed when it was built, cached for ever where the name holds a hash.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface StaticFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer> | undefined;
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

export interface StaticPage {
  /** Answers with a file of the page; undefined when there is none of this name. */
  file(c: Context, path: string): Response | undefined;
  /** Names this build: another one has other asset names. */
  readonly build: string;
  /** Answers with the page itself, whatever the view. */
  index(c: Context): Response;
}

const NO_PAGE = 'The page is not built. Run: npm run file -- services/console/src/build.ts\n';

/** Reads the built page once. Nothing outside of `folder` can ever be asked for: only names that were read exist. */
export function loadPage(folder: string): StaticPage {
  const files = new Map(readFiles(folder));
  const file = (c: Context, path: string) => {
    const found = files.get(path);
    return found && answer(c, found, path.startsWith('/assets/'));
  };
  return {
    file,
    build: nameOf(files.get('/index.html')),
    index: (c) => file(c, '/index.html') ?? c.text(NO_PAGE, 503),
  };
}

const nameOf = (index: StaticFile | undefined): string =>
  index === undefined ? 'none' : createHash('sha256').update(index.plain).digest('base64url').slice(0, 16);

function* readFiles(folder: string): Generator<[string, StaticFile]> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const name = `/${relative(folder, full).split(sep).join('/')}`;
    yield [name, { type, plain: read(full), br: readIf(`${full}.br`), gzip: readIf(`${full}.gz`) }];
  }
}

const read = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));
const readIf = (path: string) => (existsSync(path) ? read(path) : undefined);

function answer(c: Context, { type, plain, br, gzip }: StaticFile, hashed: boolean): Response {
  const offered = [
    { encoding: 'br', body: br },
    { encoding: 'gzip', body: gzip },
  ].flatMap(({ encoding, body }) => (body ? { encoding, body } : []));
  const wanted = accepts(c, {
    header: 'Accept-Encoding',
    supports: offered.map(({ encoding }) => encoding),
    default: 'identity',
    // Quality 0 means that the client does not take it. Among equals the first one that is offered: it is the smallest.
    match(accepted, { supports, default: plain }) {
      const named = (name: string) => accepted.find(({ type }) => type.toLowerCase() === name);
      const qualityOf = (encoding: string) => (named(encoding) ?? named('*'))?.q ?? 0;
      const taken = supports.filter((encoding) => qualityOf(encoding) > 0);
      return taken.sort((a, b) => qualityOf(b) - qualityOf(a))[0] ?? plain;
    },
  });
  const compressed = offered.find(({ encoding }) => encoding === wanted);
  return c.body(compressed?.body ?? plain, 200, {
    'Content-Type': type,
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
    ...(compressed && { 'Content-Encoding': compressed.encoding }),
  });
}
