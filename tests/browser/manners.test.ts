// The page: no accessibility violation, usable by keyboard, small, and working after a restart of the server.

import { beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { needs } from '../support/needs.ts';
import { pageProblems, problemsInDark } from './support/axe.ts';
import { delayNext } from './support/delay.ts';
import { layoutProblems } from './support/layout.ts';
import { startJob } from './support/start-job.ts';
import { startSuite } from './support/suite.ts';
import { freePort, startConsole, startUp } from './support/up.ts';

const FIRST_VIEW_BYTES = 400_000;

/** A row of a table, or in a narrow window a card of a list. */
const entry = (page: Page, text: RegExp) => page.locator('tr, li').filter({ hasText: text });

/** Each view, and an element that it shows once it is drawn. */
const VIEWS: readonly (readonly [
  name: string,
  path: (jobId: string) => string,
  ready: (page: Page) => Promise<unknown>,
])[] = [
  ['overview', () => '/', (page) => entry(page, /consumer 1.*Working/s).waitFor()],
  ['jobs', () => '/jobs', (page) => entry(page, /Complete/).waitFor()],
  ['job', (jobId) => `/jobs/${jobId}`, (page) => page.getByText('100 of 100 messages').waitFor()],
  ['movies', (jobId) => `/movies/${jobId}`, (page) => entry(page, /49/).first().waitFor()],
  ['dead-letters', () => '/dead-letters', (page) => page.getByRole('button', { name: /^Not JSON: look at/ }).waitFor()],
  ['how-it-works', () => '/how-it-works', (page) => page.getByTestId('flow').waitFor()],
  ['simulation', () => '/simulation', (page) => page.getByRole('button', { name: 'Run' }).waitFor()],
  ['learn', () => '/learn', (page) => page.getByRole('link', { name: '16. Throttled' }).waitFor()],
  ['a lesson', () => '/learn/5', (page) => page.getByRole('button', { name: 'Run it' }).waitFor()],
  ['lab', () => '/lab', (page) => page.getByText(/up --lab/).waitFor()],
  ['not-found', () => '/nowhere', (page) => page.getByText('There is no such page').waitFor()],
];

needs('browser')('the page', () => {
  const { open, up, aws } = startSuite(() => startUp({ consumers: 1 }));
  let jobId: string;
  beforeAll(async () => {
    const poison = { body: 'poison', groupId: 'poison', deduplicationId: 'poison' };
    expect(await (await aws().queue()).send([poison])).toEqual([]);
    const page = await open();
    jobId = await startJob(page, { movies: 100 });
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.context().close();
  });

  test.each([
    ['wide', { width: 1280, height: 900 }, { width: 1280, height: 900 }],
    ['narrow', { width: 390, height: 844 }, { width: 360, height: 740 }],
  ])(
    'axe finds no violation in any view, light or dark, and no text is cut off: %s',
    async (_, viewport, darkViewport) => {
      const page = await open({ reducedMotion: 'reduce' });
      const problems: string[] = [];
      for (const [view, path, ready] of VIEWS) {
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize(viewport);
        await page.goto(path(jobId));
        await ready(page);
        const light = [...(await pageProblems(page)), ...(await layoutProblems(page))];
        const dark = [...(await problemsInDark(page, darkViewport)), ...(await layoutProblems(page))];
        problems.push(...[...light, ...dark].map((problem) => `${view}: ${problem}`));
      }
      expect(problems).toEqual([]);
    },
  );

  test('axe finds the violations of a broken page, and in dark those of colours', async () => {
    const page = await open({ reducedMotion: 'reduce', colorScheme: 'light' });
    await page.goto('/nowhere');
    await page.getByText('There is no such page').waitFor();
    await page.evaluate(`{
        const dim = document.createElement('p');
        dim.textContent = 'dim';
        Object.assign(dim.style, { color: '#999', background: '#aaa' });
        document.querySelector('#content').append(dim, document.createElement('img'));
      }`);
    const rulesOf = (problems: readonly string[]) => problems.map((problem) => problem.split(' <')[0]);
    expect(rulesOf(await pageProblems(page)).sort()).toEqual(['color-contrast', 'image-alt']);
    expect(rulesOf(await problemsInDark(page))).toEqual(['dark: color-contrast']);
  });

  test('lets a person choose a step of the pipeline and a message of the map by keyboard', async () => {
    const page = await open();
    await page.goto('/');
    await page.getByRole('link', { name: 'How it works' }).focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('arrow-count').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /4\. Count: Consumers → DynamoDB/ }).waitFor();
    await page.getByRole('row', { name: /dynamodb:UpdateItem [1-9]/ }).waitFor();

    await page.goto(`/jobs/${jobId}`);
    await page.getByTestId('map').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'End']) await page.keyboard.press(key);
    await page.getByTestId('cursor').getByText('Message 19 of group 1: stored').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('message').getByRole('heading', { name: 'Message 19' }).waitFor();
  });

  test('does not show a late response to an older request', async () => {
    const page = await open();
    await page.goto(`/movies/${jobId}`);
    const search = page.getByRole('searchbox', { name: 'Search the movies of this job' });
    const oldSearch = await delayNext(page, /search=zzzzzz/);
    await search.fill('zzzzzz');
    await oldSearch.arrived;
    await search.fill('a');
    await page.getByText(/^Found: [1-9]/).waitFor();
    await oldSearch.release();
    expect(await page.getByText(/^Found:/).textContent()).not.toBe('Found: 0');

    await page.goto(`/jobs/${jobId}`);
    const verify = await delayNext(page, /\/verify$/);
    await page.getByRole('button', { name: 'Verify' }).click();
    await verify.arrived;
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Repair' }).click();
    const dialog = page.getByRole('dialog', { name: 'Repair' });
    await dialog.getByText(/^The object is correct/).waitFor();
    await verify.release();
    expect(await dialog.getByText(/ is correct \(COMPLETE\)/).count()).toBe(0);
  });

  test('takes less than 400 KB for the first view', async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    const urls = new Map<string, string>();
    const bytes = new Map<string, number>();
    session.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      bytes.set(urls.get(requestId) ?? requestId, encodedDataLength);
    });
    await page.goto('/');
    await page.getByRole('row', { name: /consumer 1.*Working/ }).waitFor();
    await page.getByText('From sent to stored').first().waitFor();
    const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
    expect(total).toBeGreaterThan(100_000);
    // The failure lists the files with their sizes.
    if (total >= FIRST_VIEW_BYTES) expect([...bytes]).toEqual([]);
  });

  test('loads a view after the first request for its code failed', async () => {
    const page = await open();
    await page.goto('/');
    await page.route(/assets\/movies-.*\.js/, (route) => route.abort(), { times: 1 });
    await page.getByRole('link', { name: 'Movies', exact: true }).click();
    await page.getByRole('cell', { name: '49', exact: true }).waitFor();
  });

  test('shows that the server is unreachable, and continues when it is back', async () => {
    const port = await freePort();
    let server = await startConsole({ endpoint: up().endpoint, port });
    try {
      const page = await open({ base: server.url });
      await page.goto('/');
      await page.getByRole('heading', { name: 'AWS resources' }).waitFor();
      await server.stop();
      await page.getByText('Not connected').waitFor();
      server = await startConsole({ endpoint: up().endpoint, port });
      await page.getByText('Not connected').waitFor({ state: 'hidden' });
      await page.getByRole('link', { name: jobId.slice(0, 8) }).waitFor();
    } finally {
      await server.stop();
    }
  });

  test('explains what to do when the queue does not exist', async () => {
    const settings = { MOVIE_LOAD_QUEUE: 'nowhere.fifo' };
    const server = await startConsole({ endpoint: up().endpoint, port: await freePort(), settings });
    try {
      const page = await open({ base: server.url });
      await page.goto('/');
      await page.getByText(/There is no queue "nowhere.fifo"/).waitFor();
      await page.getByText('No consumer reports here').waitFor();
    } finally {
      await server.stop();
    }
  });
});
