// A service has no login, so it answers only programs, and only under its own names. Otherwise any web page could make
// the browser send requests to it, and another site could make its own name resolve to this machine (DNS rebinding).

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { MiddlewareHandler } from 'hono';
import { type Problem, problem } from './problem.ts';

export interface ServerNames {
  /** The address that the server listens on (HTTP_HOST). */
  readonly host: string;
  /** Further names, with or without a port (HTTP_NAMES). */
  readonly names?: readonly string[];
  /** The host name of this machine. Default: the operating system's. */
  readonly hostName?: string;
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

/**
 * Refuses requests whose `Host` is not a name of this server (421), and those that browsers send for web pages (403),
 * also for health and metrics.
 */
export function programsOnly(serverNames: ServerNames): MiddlewareHandler {
  return async (c, next) => {
    if (!isServerName(c.req.header('host'), serverNames)) return problem(c, WRONG_NAME);
    if (isFromWebPage((name) => c.req.header(name))) return problem(c, WEB_PAGE);
    return next();
  };
}

/**
 * Whether a browser sent the request for a page or as a prefetch. An address that a person types has the site `none`.
 */
function isFromWebPage(header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site') ?? 'none';
  return site !== 'none' || header('origin') !== undefined || isPrefetch(header);
}

/** Whether a request is a prefetch or prerender, by the headers of current and older browsers. */
export function isPrefetch(header: (name: string) => string | undefined): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => header(name) !== undefined);
}

const HOST = /^(?<name>\[[\da-f:.]+\]|[a-z\d._-]+?)\.?(?::\d{1,5})?$/;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;

/**
 * Whether the `Host` of a request is this server's own: a loopback name, or one of `names`. A server that listens for
 * other machines also accepts its host name and every IP address, because no web site has
 * these as its name.
 */
function isServerName(
  requestHost: string | undefined,
  { host, names = [], hostName = hostname() }: ServerNames,
): boolean {
  const hostHeader = (requestHost ?? '').toLowerCase();
  const name = HOST.exec(hostHeader)?.groups?.name ?? '';
  if (name === '') return false;
  if (LOOPBACK.test(name) || names.includes(name) || names.includes(hostHeader)) return true;
  if (LOOPBACK.test(host.includes(':') ? `[${host}]` : host)) return false;
  return name === hostName.toLowerCase() || isAddress(name);
}

/** Addresses that mean "any address". Browsers reach this machine by them, and then do not send the page's site. */
const UNSPECIFIED = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

const isAddress = (name: string): boolean =>
  isIP(name.replace(/^\[|\]$/g, '')) !== 0 && !UNSPECIFIED.has(new URL(`http://${name}`).hostname);
