// A browser and its pages; it records script errors, policy violations and requests to other hosts.
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser, pathOf } from '../../support/tools.ts';

/** Waits are long, because the machine may be busy. */
export const WAIT_LIMIT_MS = 300_000;

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: pathOf(findBrowser()),
    headless: true,
    args: [...FLAGS, ...flags, ...(isRoot ? ['--no-sandbox'] : [])],
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, violations of the content security policy, requests to other hosts; must stay empty. */
  readonly problems: string[];
}

export interface PageOptions extends BrowserContextOptions {
  readonly base: string;
}

export async function openPage(browser: Browser, { base, ...options }: PageOptions): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_LIMIT_MS);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== base && url.protocol !== 'data:' && url.protocol !== 'blob:') problems.push(`request: ${url}`);
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) problems.push(`policy: ${message.text()}`);
  });
  return { page, problems };
}

/** Resolves once the page has drawn what has changed until now. */
export const drawn = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
