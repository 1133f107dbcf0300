// Access rules: a browser must address the server by its own name, and only its own page may make changes.
import { isPrefetch, type Problem, problem } from '@movie-load/service';
import type { Context, MiddlewareHandler } from 'hono';

/**
 * Forbids inline scripts and styles, other hosts, and frames. Styles that scripts set by the CSS object model (React
 * and Cloudscape do) need no exception.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface SecurityOptions {
  /** The port of the server; known only once it listens. */
  readonly port: () => number;
  /** Further `host:port` names of the server. */
  readonly hosts: readonly string[];
}

const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Refuses requests for a foreign name (another site's page whose name was made to resolve to this machine), reads from
 * other sites, and changes that do not come from this page as JSON.
 */
export function guard({ port, hosts }: SecurityOptions): MiddlewareHandler {
  return async (c, next) => {
    c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    const host = (c.req.header('host') ?? '').toLowerCase();
    const name = withoutDefaultPort(host);
    const isLocal = LOCAL_NAMES.some((localName) => withoutDefaultPort(`${localName}:${port()}`) === name);
    const isFurther = hosts.some((furtherHost) => withoutDefaultPort(furtherHost) === name);
    // The server's own port uses plain HTTP. Only a further name may belong to a proxy that uses TLS.
    const origins = [`http://${host}`, ...(isFurther ? [`https://${host}`] : [])];
    const refusal = isLocal || isFurther ? refusalOf(c, origins) : WRONG_HOST;
    return refusal ? problem(c, refusal) : next();
  };
}

/** Browsers leave out a port that the scheme implies: 80, or 443 at a proxy that uses TLS. */
const withoutDefaultPort = (host: string): string => host.replace(/:(80|443)$/, '');

const WRONG_HOST: Problem = {
  status: 421,
  title: 'Not a name of this server',
  detail: 'Open the console as http://127.0.0.1 with its port. CONSOLE_HOSTS allows further names (host:port).',
};

function refusalOf(c: Context, origins: readonly string[]): Problem | undefined {
  const site = c.req.header('sec-fetch-site');
  const isApi = c.req.path.startsWith('/api/') || c.req.path === '/metrics';
  // A prefetched page would make the console read AWS before a person opens it.
  if (isPrefetch((name) => c.req.header(name))) {
    return { status: 403, title: 'Prefetched', detail: 'Open the console itself; it may not be prefetched.' };
  }
  // The handshake of a web socket names its page only in `Origin`.
  const origin = c.req.header('origin')?.toLowerCase();
  const isForeign = origin !== undefined && !origins.includes(origin);
  // Refuses `none`, too, which browsers send for an address from outside of any page, such as the address bar. An
  // address of another site may redirect here and arrives with `none`, and a read costs AWS calls.
  if (isApi && (isForeign || (site !== undefined && site !== 'same-origin'))) {
    return { status: 403, title: 'Another site', detail: 'Only the console’s own page, and programs, may read this.' };
  }
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return undefined;
  if (c.req.method !== 'POST') return { status: 405, title: 'Method not allowed', detail: 'Use GET or POST.' };
  if (origin === undefined || isForeign || (site !== undefined && site !== 'same-origin')) {
    return { status: 403, title: 'Another site', detail: 'Only the console’s own page may change something.' };
  }
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return { status: 415, title: 'Not JSON', detail: 'Send a JSON body as application/json.' };
  }
  return undefined;
}
