// Serves the built page: compressed at build time, cached for ever if the file's name contains a hash.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

export interface StaticPage {
  /** Identifies this build: other builds have other asset names. */
  readonly build: string;
  /** Serves the page's files, and the page itself for every other path, which may be a view. */
  readonly routes: Hono;
}

const NO_PAGE = 'The page is not built. Run: npm run file -- services/console/src/build.ts\n';

export function loadPage(folder: string): StaticPage {
  const index = join(folder, 'index.html');
  const routes = new Hono();
  if (!existsSync(index)) return { build: 'none', routes: routes.get('*', (c) => c.text(NO_PAGE, 503)) };
  const files = serveStatic({ root: folder, precompressed: true });
  routes.use(async (c, next) => {
    await next();
    const isHashed = c.req.path.startsWith('/assets/') && c.res.ok;
    c.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    c.header('Vary', 'Accept-Encoding');
  });
  // An open page of an older build may request assets that this build does not have. They are answered with 404: with
  // the page below, which every other path gets, the browser would run HTML as a script.
  routes.get('/assets/*', files, (c) => c.notFound());
  routes.get('*', files, serveStatic({ path: index, precompressed: true }));
  return { build: createHash('sha256').update(readFileSync(index)).digest('base64url').slice(0, 16), routes };
}
