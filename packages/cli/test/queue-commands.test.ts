// The commands on the queue and the dead-letter queue: their effects on messages, and their output.
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemRandom } from '@movie-load/aws';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { deadLetter, sendJob } from '@movie-load/queue';
import { jobIdOf, planJob } from '@movie-load/schema';
import { sendMessages, startTestAws, type TestAws } from '@movie-load/testing';
import { commandsOn, rows } from './run-command.ts';

const plan = planJob({ nonce: 'queue', movies: 20, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
const jobId = jobIdOf(plan);

let aws: TestAws;
const { run, out, json } = commandsOn(() => aws);

beforeEach(async () => {
  aws = await startTestAws();
});
afterEach(() => aws.close());

const sendTwenty = () =>
  sendJob({ queue: aws.queue, plan, started_on: new Date().toISOString(), random: systemRandom });

/** Dead-letters messages of different groups; returns their ids in the dead-letter queue. */
async function dead(...reasons: ('not_json' | 'wrong_shape' | 'too_many_receives')[]): Promise<string[]> {
  for (const [at, reason] of reasons.entries()) {
    const deduplicationId = `${at}-${Math.random()}`;
    await sendMessages(aws.queue, [{ body: `body ${at}`, groupId: `group-${at}`, deduplicationId }]);
    const [message] = await aws.queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });
    if (message === undefined) throw new Error('nothing came');
    await deadLetter({ dlq: aws.dlq }, message, { reason, detail: `detail ${at}`, consumer: 'c' });
    await aws.queue.delete([message.receiptHandle]);
  }
  const { dead_letters } = await json('dlq', 'ls');
  return dead_letters.map(({ message_id }: { message_id: string }) => message_id);
}

describe('the queue', () => {
  test('is shown with the counts of its dead-letter queue', async () => {
    await sendTwenty();
    await aws.queue.receive({ max: 3, waitSeconds: 0, visibilitySeconds: 600 });
    const [title, queue, dlq] = rows(await out('queue'));
    expect(title).toEqual(['QUEUE', 'WAITING', 'IN FLIGHT', 'DELAYED', 'OLDEST', 'GROUPS']);
    expect([queue?.slice(0, 4), queue?.[5]]).toEqual([['movie-load.fifo', '17', '3', '0'], '2']);
    expect(dlq).toEqual(['movie-load-dlq.fifo', '0', '0', '0', '–', '0']);
    // They were sent a moment ago.
    expect((await json('queue')).queues[0].oldest_seconds).toBeLessThan(300);
  });

  test('is peeked into without receiving its messages', async () => {
    await sendTwenty();
    const text = await out('queue', 'peek', '--max', '2');
    expect(text.match(/^\S+ {2}\S+#0 {2}sent \S+Z, 0 receives$/gm)).toHaveLength(2);
    expect(text).toContain(`  {"job_id":"${jobId}"`);
    expect((await out('queue', 'peek', '--max', '100', '--json')).trim().split('\n')).toHaveLength(20);
    expect(await out('queue', 'peek', '--dlq')).toBe('movie-load-dlq.fifo shows no message.\n');
    expect(await out('queue', 'peek', '--dlq', '--json')).toBe('');
    expect(await aws.queue.status()).toMatchObject({ waiting: 20, inFlight: 0 });
  });

  test('is purged only after a confirmation', async () => {
    await sendTwenty();
    expect(await run('queue', 'purge')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'movie-load: That would delete about 20 messages of movie-load.fifo for good. Add --yes if you mean it; `resume` sends the missing messages of a job again.\n',
    });
    expect((await aws.queue.status()).waiting).toBe(20);
    expect(await out('queue', 'purge', '--yes')).toBe(
      'movie-load.fifo: about 20 messages deleted. AWS takes up to a minute.\n',
    );
    expect((await aws.queue.status()).waiting).toBe(0);
  });

  test('is purged with its delayed messages, and their number is shown', async () => {
    const { queue, clients } = aws;
    const attributes = { DelaySeconds: '60' };
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: attributes }));
    await sendTwenty();
    expect(await queue.status()).toMatchObject({ waiting: 0, delayed: 20 });
    expect((await run('queue', 'purge')).stderr).toContain('about 20 messages');
    expect(await json('queue', 'purge', '--yes')).toEqual({ queue: 'movie-load.fifo', purged: 20 });
  });

  test('is reported by the list of jobs if its messages wait without a consumer', async () => {
    expect(await out('jobs')).toBe('No job yet. `movie-load produce` sends one.\n');
    await sendTwenty();
    expect(await out('jobs')).toMatch(/^20 messages wait and none is in flight: are consumers running\?/);
  });
});

describe('dead letters', () => {
  test('are listed, the oldest first, with their number by reason', async () => {
    expect(await out('dlq', 'ls')).toBe('The dead-letter queue is empty.\n');
    const [first = '', second = ''] = await dead('not_json', 'too_many_receives', 'not_json');
    const text = await out('dlq', 'ls', '--max', '2');
    const [title, ...lines] = rows(text);
    expect(title).toEqual(['ID', 'REASON', 'JOB', 'AGE', 'SIZE', 'DETAIL']);
    expect(lines[0]).toEqual([first, 'not_json', '–', expect.stringMatching(/^\d+\.\d s$/), '6 B', 'detail 0']);
    expect(lines[1]?.slice(0, 2)).toEqual([second, 'too_many_receives']);
    expect(text).toContain('\n… and 1 more (--max shows more)\n2 not_json, 1 too_many_receives\n');
    expect(await json('dlq', 'ls', '--reason', 'too_many_receives')).toMatchObject({
      total: 1,
      left_out: 0,
      unseen: 0,
    });
    expect(await out('dlq', 'ls', '--reason', 'unknown')).toBe('No dead letter matches.\n');
  });

  test.each([
    [['ls', '--reason', 'bad'], '"bad" is not a reason. The reasons are:'],
    [['ls', '--job', 'ffffffff'], 'There is no job whose id begins with "ffffffff".'],
    [['ls', '--max', '0'], '--max must be a whole number from 1 to 1,000,000'],
    [['redrive', '--max', '0'], '--max must be a whole number from 1 to 100,000,000'],
    [['show', 'zz'], 'No dead letter\'s id begins with "zz".'],
  ])('are not touched by %j, which is wrong usage', async (words, text) => {
    await dead('not_json');
    const { code, stdout, stderr } = await run('dlq', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
    expect(await aws.dlq.status()).toMatchObject({ waiting: 1, inFlight: 0 });
  });

  test('are shown with their whole body; an id with which several begin is refused', async () => {
    const [id = ''] = await dead('not_json');
    const text = await out('dlq', 'show', id.slice(0, 8));
    expect(text).toMatch(new RegExp(`^message_id {18}${id}\n`));
    expect(text).toMatch(/\noriginal_group {14}group-0\n/);
    expect(text).toMatch(/\n\nbody 0\n\n$/);
    expect(await json('dlq', 'show', id)).toMatchObject({ message_id: id, body: 'body 0', original_group: 'group-0' });
    const body = 'long '.repeat(1000);
    await sendMessages(aws.dlq, [{ body, groupId: 'long', deduplicationId: 'long' }]);
    const { dead_letters: all } = await json('dlq', 'ls');
    const long = all.find((deadLetter: { body_bytes: number }) => deadLetter.body_bytes === body.length);
    expect(await json('dlq', 'show', long.message_id)).toMatchObject({ body });
    await dead('not_json');
    const { code, stdout, stderr } = await run('dlq', 'show', '');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/3 dead letters' ids begin with "": \S+, \S+, …\. Give more characters\./);
  });

  test('are too many to be counted if ten of their ids begin alike', async () => {
    await dead(...Array<'not_json'>(9).fill('not_json'));
    expect((await run('dlq', 'show', '')).stderr).toMatch(/9 dead letters' ids begin with ""/);
    await dead('not_json');
    expect((await run('dlq', 'show', '')).stderr).toMatch(/At least 10 dead letters' ids begin with ""/);
  });

  test('are redriven to their groups, after a dry run that sends nothing', async () => {
    await dead('not_json', 'too_many_receives');
    expect(await out('dlq', 'redrive', '--dry-run')).toMatch(
      /^2 would be redriven to their message groups\.\nMessages with the reason not_json return to the dead-letter queue: they are invalid/,
    );
    expect((await aws.queue.status()).waiting).toBe(0);
    expect(await out('dlq', 'redrive', '--reason', 'too_many_receives')).toBe('1 redriven to their message groups.\n');
    expect((await aws.queue.status()).waiting).toBe(1);
    expect(await json('dlq', 'redrive', '--max', '5')).toMatchObject({
      dry_run: false,
      redriven: 1,
      refused: [],
      undeleted: 0,
    });
    const [one, two] = await aws.queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    expect([one?.groupId, two?.groupId]).toEqual(['group-1', 'group-0']);
    expect((await aws.dlq.status()).waiting).toBe(0);
  });

  test('are redriven also for a missing job, which is reported', async () => {
    await sendTwenty();
    const [message] = await aws.queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });
    if (message === undefined) throw new Error('nothing came');
    await deadLetter({ dlq: aws.dlq }, message, { reason: 'too_many_receives', detail: 'x', consumer: 'c' });
    expect(await json('dlq', 'redrive', '--dry-run')).toMatchObject({
      dry_run: true,
      redriven: 1,
      gone_jobs: [{ job_id: jobId, why: 'not_stored' }],
    });
    expect(await out('dlq', 'redrive')).toMatch(new RegExp(`^1 redriven .*\nJob ${jobId} has nothing stored`));
  });

  test('are redriven at most as many as --max says, or alone if they are chosen by their ids', async () => {
    const [first = '', second = ''] = await dead('too_many_receives', 'too_many_receives');
    expect(await json('dlq', 'redrive', '--max', '1', '--dry-run')).toMatchObject({ redriven: 1 });
    expect(await json('dlq', 'redrive', '--id', second)).toMatchObject({ redriven: 1 });
    expect((await json('dlq', 'ls')).dead_letters).toMatchObject([{ message_id: first }]);
  });

  test('are purged for good only after a confirmation', async () => {
    await dead('not_json', 'wrong_shape');
    const { code, stdout, stderr } = await run('dlq', 'purge', '--reason', 'not_json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('That would delete 1 dead letter for good. Add --yes if you mean it');
    expect((await aws.dlq.status()).waiting).toBe(2);
    expect(await out('dlq', 'purge', '--reason', 'not_json', '--yes')).toBe('1 purged.\n');
    expect((await json('dlq', 'ls')).dead_letters).toMatchObject([{ reason: 'wrong_shape' }]);
    expect(await aws.dlq.status()).toMatchObject({ waiting: 1, inFlight: 0 });
  });
});
