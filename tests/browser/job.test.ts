// A job as a person sees it: started in the page, watched on its map, a consumer killed, completed, downloaded.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { movieToJson } from '@movie-load/schema';
import { needs } from '../support/needs.ts';
import { startSuite } from './support/suite.ts';
import { startUp } from './support/up.ts';

const MOVIES = 6000;
const SEED = 77;
/** A point in the first cell of the map's first lane. */
const FIRST_CELL = { x: 59, y: 7 };

needs('browser')('a job in the page', () => {
  const { open } = startSuite(() => startUp());

  test('is started, survives a killed consumer, and is downloaded byte for byte', async () => {
    const page = await open();
    await page.goto('/jobs');
    await page.getByLabel('Movies').fill(String(MOVIES));
    await page.getByLabel('Seed').fill(String(SEED));
    await page.getByText(/6,000 messages in \d+ groups; on AWS about \$0\.00/).waitFor();
    await page.getByRole('button', { name: 'Start the job' }).click();

    // The map shows some messages as stored first, then all.
    await page.getByText(/[1-9][\d,]* of 6,000 messages/).waitFor();
    await page.getByTestId('map').waitFor();
    await page.getByRole('button', { name: 'Kill consumer 1' }).click();
    await page.getByRole('row', { name: /consumer 1.*Gone/ }).waitFor();

    await page.getByRole('button', { name: 'Add a consumer' }).click();
    await page.getByRole('row', { name: /consumer 3.*Working/ }).waitFor();

    await page.getByText('6,000 of 6,000 messages').waitFor();
    await page.getByText('Complete', { exact: true }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Download/ }).click(),
    ]);
    const bytes = await readFile(await download.path(), 'utf8');
    const lines = [...generateMovies(SEED, { first: 0, count: MOVIES })].map(movieToJson);
    expect(bytes === `[\n${lines.join(',\n')}\n]\n`).toBe(true);
  });

  test('shows a message when its cell is chosen, by mouse and by keyboard', async () => {
    const page = await open();
    await page.goto('/jobs');
    await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().click();
    const map = page.getByTestId('map');
    await map.click({ position: FIRST_CELL });
    const details = page.getByTestId('message');
    await details.getByRole('heading', { name: 'Message 0' }).waitFor();
    await details.getByText('Delivered').waitFor();
    const [first] = [...generateMovies(SEED, { first: 0, count: 1 })];
    await details.getByText(first?.title ?? '', { exact: true }).waitFor();
    await details
      .getByText(/movies#000000000000\+\d+/)
      .first()
      .waitFor();

    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('cursor').getByText('Message 1 of group 0: stored').waitFor();
    await page.keyboard.press('Enter');
    await details.getByRole('heading', { name: 'Message 1', exact: true }).waitFor();

    await page.getByRole('button', { name: 'By consumer' }).click();
    await page
      .getByRole('list', { name: 'Colours' })
      .getByText(/-\d+-[0-9a-f]{4}$/)
      .first()
      .waitFor();
  });

  test('shows a message although the first read of it failed', async () => {
    const page = await open();
    const failure = { status: 503, json: { detail: 'The table is busy.' } };
    await page.route('**/messages/0', (route) => route.fulfill(failure), { times: 1 });
    await page.goto('/jobs');
    await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().click();
    await page.getByTestId('map').click({ position: FIRST_CELL });
    const details = page.getByTestId('message');
    await details.getByText('The table is busy.').waitFor();
    await details.getByText('Delivered').waitFor();
    expect(await details.getByText('The table is busy.').count()).toBe(0);
  });

  test('is verified, and its movies are browsed and searched', async () => {
    const page = await open();
    await page.goto('/jobs');
    await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^job \S+ is correct \(COMPLETE\)$/).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

    await page.getByRole('link', { name: '6,000 movies' }).click();
    const movies = [...generateMovies(SEED, { first: 0, count: MOVIES })];
    await page.getByText(movies[0]?.movie_id ?? '').waitFor();
    await page
      .getByRole('button', { name: /next page/i })
      .first()
      .click();
    await page.getByText(movies[50]?.movie_id ?? '').waitFor();
    await page.getByPlaceholder('Title, actor, director or movie id').fill(movies[4321]?.movie_id ?? '');
    await page.getByRole('cell', { name: '4321', exact: true }).waitFor();
    await page.getByText('Looked at 6,000 of 6,000 movies.').waitFor();
  });
});
