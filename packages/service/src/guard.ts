// Who may talk to a service that has no login: programs that call it by a name of its own. A browser would send requests of
// any page to this machine, and a page of another site can make its own name resolve here (DNS rebinding).

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { MiddlewareHandler } from 'hono';
import { type Problem, problem } from './problem.ts';

export interface OwnNames {
  /** What the server listens on (HTTP_HOST). */
  readonly host: string;
  /** Further names, with or without a port (HTTP_NAMES). */
  readonly names?: readonly string[];
  /** The host name of this machine, that of the operating system unless given. */
  readonly machine?: string;
}

const WRONG_NAME: Problem = {
  status: 421,
  title: 'Not a name of this server',
  detail:
    'Call it by 127.0.0.1 or localhost. HTTP_NAMES (a comma list) allows further names, e.g. that of its container.',
};
const WEB_PAGE: Problem = {
  status: 403,
  title: 'Not for web pages',
  detail: 'This interface is for programs. The console is for browsers.',
};

/** Refuses requests by foreign names (421), and what browsers send for pages (403). This includes health and metrics. */
export function programsOnly(own: OwnNames): MiddlewareHandler {
  return async (c, next) => {
    if (!isOwnName(c.req.header('host'), own)) return problem(c, WRONG_NAME);
    if (isOfWebPage((name) => c.req.header(name))) return problem(c, WEB_PAGE);
    return next();
  };
}

/** Whether a browser sent it for a page, or before a person asked for it. What a person types is of no site (`none`). */
function isOfWebPage(header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site') ?? 'none';
  return site !== 'none' || header('origin') !== undefined || isPrefetch(header);
}

/** Prefetched or prerendered, in the words of today's and of older browsers. */
export function isPrefetch(header: (name: string) => string | undefined): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => header(name) !== undefined);
}

const HOST = /^(?<name>\[[\da-f:.]+\]|[a-z\d._-]+?)\.?(?::\d{1,5})?$/;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;

/**
 * Whether the `Host` of a request is this server's own: a loopback name, or one of `names`. A server that listens for other
 * machines answers to its host name and to every IP address too: no page of another site has those as its name.
 */
function isOwnName(given: string | undefined, { host, names = [], machine = hostname() }: OwnNames): boolean {
  const called = (given ?? '').toLowerCase();
  const name = HOST.exec(called)?.groups?.name ?? '';
  if (name === '') return false;
  if (LOOPBACK.test(name) || names.includes(name) || names.includes(called)) return true;
  if (LOOPBACK.test(host.includes(':') ? `[${host}]` : host)) return false;
  return name === machine.toLowerCase() || isAddress(name);
}

/** What means "any address": browsers reach this machine by it, and do not say then which page they are of. */
const UNSPECIFIED = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

const isAddress = (name: string): boolean =>
  isIP(name.replace(/^\[|\]$/g, '')) !== 0 && !UNSPECIFIED.has(new URL(`http://${name}`).hostname);
