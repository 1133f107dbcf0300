// The page while messages are stored and counted, but their consumer has ended before it deleted them.
import { expect, test } from '@jest/globals';
import { checkLoadMessage } from '@movie-load/schema';
import { needs } from '../support/needs.ts';
import { WAIT_LIMIT_MS } from './support/browser.ts';
import { startJob } from './support/start-job.ts';
import { startSuite } from './support/suite.ts';
import { startUp } from './support/up.ts';

const MOVIES = 40;
/** Longer than the test may take; it releases them itself. */
const HIDDEN_SECONDS = 600;

needs('browser')('messages that are stored and not yet deleted', () => {
  const { open, aws } = startSuite(() => startUp({ consumers: 0 }));

  /** Receives like a consumer, stores and counts three messages, deletes none, and returns the first one. */
  async function storeAndVanish() {
    const queue = await aws().queue();
    const messages = await queue.receive({ max: 10, waitSeconds: 20, visibilitySeconds: HIDDEN_SECONDS });
    const loads = messages.flatMap(({ body, groupId, sentOn }) => {
      const checked = checkLoadMessage(body, groupId);
      return checked.ok ? [{ ...checked.message, sentOn }] : [];
    });
    const [first] = loads;
    if (!first) throw new Error('nothing was received');
    const now = Date.now();
    const stored = loads
      .filter(({ group }) => group === first.group)
      .slice(0, 3)
      .map(({ number, movies, sentOn }) => ({
        number,
        movies,
        sent_on: sentOn,
        received_on: now,
        receives: 1,
      }));
    const { plan, job_id, group, started_on } = first;
    await aws().store.store(
      { plan, job_id, group, started_on, messages: stored },
      { signal: AbortSignal.timeout(WAIT_LIMIT_MS) },
    );
    const release = () => queue.changeVisibility(messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 })));
    return { number: first.number, group, release };
  }

  test('show their consumer and a countdown in the map, and an added consumer stores them again', async () => {
    const page = await open();
    await startJob(page, { movies: MOVIES });
    await page.getByText('This job is not in the table (yet)').waitFor();
    const { number, group, release } = await storeAndVanish();

    await page.getByText(/3 stored and not yet deleted/).waitFor();
    await page
      .getByTestId('in-flight-notes')
      .getByText(
        /^aws-sdk-js\S* has \d+ messages of \d+ groups? in flight, (3|all) of them stored and counted but not yet deleted\. They are visible again in \d+ min; until then no other consumer gets th(is|ese) groups?\.$/,
      )
      .waitFor();
    await page.getByLabel('Go to message').fill(String(number));
    await page.getByRole('button', { name: 'Show' }).click();
    const cursor = page.getByTestId('cursor');
    const place = `Message ${number} of group ${group}: stored`;
    await cursor.getByText(`${place}, not yet deleted. aws-sdk-js`).waitFor();
    await cursor
      .getByText(/has messages of this group in flight, so no other consumer gets the group\. For \d+ min more/)
      .waitFor();
    await page.getByTestId('message').getByText('Stored, not yet deleted from the queue').waitFor();

    await page.getByRole('button', { name: 'Add a consumer' }).click();
    await page.getByRole('row', { name: /consumer 1.*Working/ }).waitFor();
    await release();
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByTestId('in-flight-notes').waitFor({ state: 'hidden' });
    // 40 were stored, three of them twice: once by the consumer that ended, which sends no report.
    await page.getByText('Together 40 movies written, 3 of them repeated: 37 stored.').waitFor();
    await cursor.getByText(place, { exact: true }).waitFor();
  });

  test('the view How it works then has the calls planned for sending, and reads apart from writes', async () => {
    // The job of the test above.
    const page = await open();
    await page.goto('/how-it-works');
    await page.getByRole('heading', { name: /1\. Send: Producer → Queue/ }).waitFor();
    await page
      .getByText(
        /The latest job took \d+ calls for .*, calculated from its plan; this includes jobs that movie-load produce/,
      )
      .waitFor();
    await page.getByTestId('arrow-read').getByText('5. Read').click();
    await page.getByRole('row', { name: /dynamodb:Query [1-9]/ }).waitFor();
    await page.getByTestId('arrow-assemble').getByText('6. Assemble').click();
    await page.getByRole('row', { name: /s3:PutObject [1-9]/ }).waitFor();
    expect(
      await page
        .getByTestId('step')
        .getByText(/dynamodb:/)
        .count(),
    ).toBe(0);
  });
});
