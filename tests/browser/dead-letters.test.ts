// The view of the dead-letter queue: listing, redriving, and messages with hostile texts.

import { expect, test } from '@jest/globals';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { deadLetterOf } from '@movie-load/queue';
import { encodeLoadMessage, groupKey, groupOfMessage, jobIdOf, planJob, shapeOf } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import { needs } from '../support/needs.ts';
import { delayNext } from './support/delay.ts';
import { startSuite } from './support/suite.ts';
import { startUp } from './support/up.ts';

const HOSTILE =
  '<img src="x" onerror="window.harmed = true"><script>window.harmed = true</script>\u202e\u2066txt.exe\u2069';
/** The largest that the queue accepts. */
const LARGEST_BYTES = 1_032_192;

needs('browser')('the dead-letter queue in the page', () => {
  const { open, aws } = startSuite(() => startUp({ consumers: 1 }));

  test('shows hostile messages as text, and redrives them on request', async () => {
    const queue = await aws().queue();
    const attributes = { colour: { DataType: 'String', StringValue: HOSTILE } };
    const message = (name: string, body: string) => ({ body, groupId: name, deduplicationId: name, attributes });
    const filler = HOSTILE.repeat(20_000);
    const large = Buffer.from(filler)
      .subarray(0, LARGEST_BYTES - 4000)
      .toString()
      .replace(/\ufffd+$/u, '');
    expect(await queue.send([message('poison', HOSTILE)])).toEqual([]);
    expect(await queue.send([message('large', large)])).toEqual([]);

    const page = await open();
    await page.goto('/dead-letters');
    const table = page.getByRole('table', { name: 'Dead-lettered messages' });
    await table.getByText('Not JSON').nth(1).waitFor();

    const small = table.getByRole('row').filter({ hasNotText: 'MB' }).filter({ hasText: 'Not JSON' });
    await small.getByRole('button', { name: /^Not JSON: look at/ }).click();
    const body = page.getByTestId('body');
    expect(await body.textContent()).toBe(HOSTILE);
    expect(await body.locator('*').count()).toBe(0);

    await table
      .getByRole('row')
      .filter({ hasText: '1 MB' })
      .getByRole('button', { name: /^Not JSON: look at/ })
      .click();
    await page.getByRole('button', { name: 'Show more' }).click();
    await eventually(
      'as much of the body as the page gets',
      async () => ((await body.textContent()) ?? '').length > 200_000,
    );
    expect(await body.locator('*').count()).toBe(0);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'harmed'))).toBeUndefined();

    // They are still invalid, so the redrive brings them back to the dead-letter queue.
    const inDlq = async () => {
      const { waiting, inFlight } = await (await aws().dlq()).status();
      return waiting + inFlight;
    };
    expect(await inDlq()).toBe(2);
    await page.getByRole('checkbox', { name: 'Choose all' }).check();
    await page.getByRole('button', { name: 'Redrive the chosen ones' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 messages would go back to the queue').waitFor();
    await dialog.getByRole('button', { name: 'Send 2 messages back' }).click();
    await dialog.getByText('2 messages went back to the queue').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await eventually('both are back', async () => (await inDlq()) === 2);
    await table.getByText('Not JSON').nth(1).waitFor();
  });

  test('redrives only the messages that it lists, also when an older dry run is answered late, and their job completes', async () => {
    const plan = planJob({
      nonce: 'redriven',
      movies: 12,
      movies_per_message: 1,
      seed: 5,
      generator: GENERATOR_VERSION,
    });
    const job_id = jobIdOf(plan);
    const started_on = new Date().toISOString();
    const dlq = await aws().dlq();
    for (const [number, movie] of [...generateMovies(plan.seed, { first: 0, count: 12 })].entries()) {
      const group = groupOfMessage(shapeOf(plan), number);
      const deadLetter = deadLetterOf(
        {
          messageId: `${job_id}-${number}`,
          receiptHandle: '',
          body: encodeLoadMessage({ job_id, plan, group, number, started_on, movies: [movie] }),
          groupId: groupKey(job_id, group),
          deduplicationId: `${job_id}.${group}.${number}.original-sending`,
          sequenceNumber: '1',
          receiveCount: 10,
          sentOn: Date.now(),
          attributes: {},
        },
        { reason: 'too_many_receives', detail: 'ten times in vain', consumer: 'a-stranger' },
      );
      expect(await dlq.send([deadLetter])).toEqual([]);
    }
    expect(await dlq.send([{ body: 'hidden', groupId: 'hidden', deduplicationId: 'hidden' }])).toEqual([]);

    const page = await open();
    await page.goto('/dead-letters');
    await page.getByText('Received too often').nth(11).waitFor();
    await page.getByText('No reason given', { exact: true }).waitFor();
    await page.getByRole('checkbox', { name: 'Choose all' }).check();
    const old = await delayNext(page, /dead-letters\/redrive/);
    // More than the twelve: the hidden one too, and those of the test above.
    await page.getByRole('button', { name: /^Redrive the chosen ones \(1[3-9]\)$/ }).click();
    await old.arrived;
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

    await page.getByLabel('By reason').click();
    await page.getByRole('option', { name: 'Received too often (12)' }).click();
    const table = page.getByRole('table', { name: 'Dead-lettered messages' });
    await eventually('twelve rows and the header', async () => (await table.getByRole('row').count()) === 13);
    const dryRun = await delayNext(page, /dead-letters\/redrive/);
    await page.getByRole('button', { name: 'Redrive the chosen ones (12)' }).click();
    await dryRun.arrived;
    await old.release();
    expect(await page.getByRole('dialog').getByText('Dry run: nothing was sent').count()).toBe(0);
    await dryRun.release();
    await page.getByRole('button', { name: 'Send 12 messages back' }).click();
    await page.getByText('12 messages went back to the queue').waitFor();

    await page.goto(`/jobs/${job_id}`);
    await page.getByText('12 of 12 messages').waitFor();
    await page.getByText('Complete', { exact: true }).waitFor();
  });
});
