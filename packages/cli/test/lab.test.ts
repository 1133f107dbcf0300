// The commands of the lab, in this process, against its own embedded AWS.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { awsEnvironment, awsSettingsOf, createClients, openQueue } from '@movie-load/aws';
import { createLab, LAB_PATH as LOCAL_PATH, type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { LAB_PATH, openLab, writeLabToken } from '../src/lab.ts';
import { createProgram } from '../src/program.ts';

const lab = createLab();
const before = { ...process.env };
let aws: LocalAws;
let home: string;

beforeAll(async () => {
  aws = await startLocalAws({ lab });
  home = mkdtempSync(join(tmpdir(), 'movie-load-home-'));
  Object.assign(process.env, { HOME: home, AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' });
  await writeLabToken(aws.endpoint, lab.token);
});
afterAll(async () => {
  process.env = before;
  rmSync(home, { recursive: true });
  await aws.close();
});
afterEach(() => {
  lab.faults.clear();
  jest.restoreAllMocks();
});

/** The output of a command. */
async function run(...words: string[]): Promise<string> {
  let printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  await (await createProgram(words)).parseAsync(words, { from: 'user' });
  jest.restoreAllMocks();
  return printed;
}

const json = async (...words: string[]) => JSON.parse(await run(...words, '--json'));

const settingsOf = (AWS_ENDPOINT_URL: string) =>
  awsSettingsOf(awsEnvironment.parse({ AWS_ENDPOINT_URL, AWS_REGION: 'us-east-1' }));

/**
 * Sends messages, numbered from 100, with a producer's deduplication ids: more than the lab returns at once.
 * @param group job id and number of the group
 */
async function sendGroup(group: string, count: number): Promise<void> {
  const clients = createClients(settingsOf(aws.endpoint), { env: {} });
  const queue = await openQueue(clients, 'lab.fifo');
  for (let first = 0; first < count; first += 10) {
    const numbers = Array.from({ length: 10 }, (_, at) => first + at + 100);
    const messages = numbers.map((number) => ({
      body: 'x',
      groupId: 'b',
      deduplicationId: `${group}.${number}.word-one`,
    }));
    await queue.send(messages);
  }
  clients.destroy();
}

test('the lab’s path in the command line is the one that the embedded AWS serves', () => {
  expect(LAB_PATH).toBe(LOCAL_PATH);
});

describe('the faults command', () => {
  test('adds rules by options, as JSON and by preset, lists and clears them', async () => {
    const options = ['--fault', 'reset', '--when', 'after', '--times', '2', '--probability', '0.5'];
    expect(await run('faults', 'add', 'sqs:Send*', ...options)).toMatch(/answer is lost.*50 % of the calls, 2 times/);
    const rule = { operation: 'dynamodb:BatchWriteItem', fault: 'unprocessed', entries: 3 };
    expect((await json('faults', 'add', JSON.stringify(rule))).rules).toMatchObject([{ rule, struck: 0 }]);
    await run('faults', 'add', 's3:*', '--delay', '400');
    await run('faults', 'add', '--preset', 's3-outage');
    expect(await run('faults', 'ls')).toMatch(/s3:\* +400 ms late +each call.*\n.*error 503 ServiceUnavailable/);
    expect(lab.faults.list()).toHaveLength(4);
    const [first] = lab.faults.list();
    expect(await run('faults', 'clear', String(first?.id))).toBe('1 rule removed.\n');
    expect(await run('faults', 'clear')).toBe('3 rules removed.\n');
    expect(await run('faults')).toMatch(/^No rule is in force/);
  });

  test.each([
    [['sqs:SendMesage', '--fault', 'reset'], /did you mean sqs:SendMessage\?$/],
    [['s3:*', '--preset', 'lost-answers'], /either an operation .* or a preset/],
    [[], /either an operation .* or a preset/],
    [['{'], /is not JSON/],
    [['s3:*', '--delay', 'much'], /--delay must be a whole number/],
    [['s3:*', '--fault', 'reset', '--probability', 'often'], /"probability" must be over 0 and at most 1, not often/],
    [['s3:*', '--fault', 'reset', '--probability', ''], /"probability" must be/],
    [['--preset', 's3-outage', '--times', '1'], /A preset defines the whole rule: leave out --times\.$/],
    [['{"operation": "*", "fault": "reset"}', '--probability', '0.1'], /leave out --probability\.$/],
    [['--preset', 'none'], /no preset "none"; there are lost-answers/],
  ])('rejects %j as wrong usage', async (words, why) => {
    await expect(run('faults', 'add', ...words)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(why),
    });
    expect(lab.faults.list()).toEqual([]);
  });
});

test('the clock moves forward, and the command shows by how much', async () => {
  expect(await run('clock')).toMatch(/as this machine’s clock\n$/);
  expect(await run('clock', '--forward', '5', '--seconds', '3')).toMatch(/5 min 3 s ahead of this machine\n$/);
  expect(await json('clock')).toMatchObject({ offset_ms: 303_000 });
  await expect(run('clock', '--forward', '-1')).rejects.toMatchObject({ code: 'usage' });
});

describe('the lab queue', () => {
  test.each(['lab.fifo', 'standard'])(
    '%s: the command acts as the consumer, and shows the matching lines of the AWS CLI',
    async (name) => {
      const on = ['--queue', name];
      await expect(run('lab', 'receive', ...on)).rejects.toThrow(`lab create --queue ${name}`);
      expect(await run('lab', 'create', ...on, '--visibility', '60')).toMatch(
        new RegExp(`aws --endpoint-url ${aws.endpoint} sqs create-queue --queue-name ${name} --attributes V`),
      );
      expect(await run('lab', 'send', "it's", ...on)).toContain("--message-body 'it'\\''s'");
      const { messages } = await json('lab', 'receive', ...on);
      expect(messages).toMatchObject([{ body: "it's", receives: 1 }]);
      expect(await run('lab', 'receive', ...on)).toMatch(/^No message can be received now/);
      // Each send is a separate message, and the requested number is received at once.
      for (const text of ['same', 'same']) await run('lab', 'send', text, ...on, '--group', 'b');
      const more = (await json('lab', 'receive', ...on, '--max', '10')).messages;
      expect(more).toMatchObject([{ body: 'same' }, { body: 'same' }]);
      for (const { receipt_handle } of more) await run('lab', 'delete', receipt_handle, ...on);
      const handle = messages[0].receipt_handle;
      expect(await json('lab', 'extend', handle, '90', ...on)).toMatchObject({
        hidden_seconds: 90,
        aws_cli: expect.stringMatching(/change-message-visibility .* --visibility-timeout 90$/),
      });
      expect(await run('lab', 'release', handle, ...on)).toMatch(
        /change-message-visibility .* --visibility-timeout 0\n$/,
      );
      const [again] = (await json('lab', 'receive', ...on)).messages;
      expect(again.receives).toBe(2);
      expect(await json('lab', 'status', ...on)).toMatchObject({ waiting: 0, in_flight: 1 });
      // On a standard queue the delete by an older handle is accepted, and deletes nothing.
      const old = run('lab', 'delete', handle, ...on);
      if (name === 'lab.fifo') await expect(old).rejects.toThrow();
      else expect(await old).toMatch(/^Deleted, if this is the receipt handle of its last receive/);
      expect(await json('lab', 'status', ...on)).toMatchObject({ in_flight: 1 });
      await run('lab', 'delete', again.receipt_handle, ...on);
      expect(await json('lab', 'status', ...on)).toMatchObject({ waiting: 0, in_flight: 0 });
      await run('lab', 'remove', ...on);
      await expect(run('lab', 'status', ...on)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  test('on an AWS account is not deleted without confirmation', async () => {
    process.env.AWS_ENDPOINT_URL = '';
    const removed = run('lab', 'remove', '--queue', 'orders', '--aws');
    await expect(removed).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('Add --yes') });
    process.env.AWS_ENDPOINT_URL = aws.endpoint;
  });

  test.each(['movie-load.fifo', 'movie-load-dlq.fifo', 'a/b', ''])('is never the queue "%s"', async (name) => {
    for (const words of [['create'], ['status'], ['send', 'hello'], ['receive'], ['delete', 'handle'], ['remove']])
      await expect(run('lab', ...words, '--queue', name)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a message', () => {
  test('of which nothing is known is reported; an impossible job id or number is refused', async () => {
    await expect(run('message', '3f2a', '7')).rejects.toThrow(/Nothing is known of a message 7 of a job 3f2a/);
    await expect(run('message', 'no-job', '7')).rejects.toThrow('not a job id');
    await expect(run('message', '3f2a', '-7')).rejects.toThrow(/must be a whole number/);
  });

  test('is shown each time that it was sent, without messages with similar numbers; a table has its events', async () => {
    await run('lab', 'create');
    const job = '1b72a7f0-e922-5f43-bed4-4cd74a50d289';
    await run('lab', 'send', 'first', '--id', `${job}.0.7.word-one`);
    await run('lab', 'send', 'second', '--id', `${job}.0.7.word-two`);
    await run('lab', 'send', 'other', '--id', `${job}.7.17.word-one`);
    await sendGroup(`${job}.7`, 110);
    await run('lab', 'send', 'third', '--id', `${job}.0.7.word-three`);
    const { messages } = await json('message', '1B72', '7');
    expect(messages).toHaveLength(3);
    expect(messages[0].events).toMatchObject([{ kind: 'sent', queue: 'lab.fifo' }]);
    expect(await run('message', job, '7')).toMatch(/message 7, group a\n\n.*\nAFTER +WHAT +BY/);
    const own = ['--queue', 'own.fifo'];
    await run('lab', 'create', ...own);
    await run('lab', 'send', 'alone', '--id', `${job}.9.9.word-one`, ...own);
    await run('clock', '--seconds', '90');
    await run('lab', 'receive', '--visibility', '30', ...own);
    const [, table = ''] = (await run('message', job, '9')).split('\n\n');
    const [, first, second] = table.split('\n').slice(1);
    expect([first, second].map((line) => line?.trim().split(/ {2,}/).slice(0, 4))).toEqual([
      ['0.0 s', 'sent', expect.any(String), '–'],
      [
        // A minute and a half, and the real time between the two commands.
        expect.stringMatching(/^1 min [3-5]\d s$/),
        'received (receive count 1)',
        expect.any(String),
        expect.stringMatching(/^after 2 min/),
      ],
    ]);
    await run('lab', 'send', 'like it', '--id', '1b72ffff-e922-5f43-bed4-4cd74a50d289.0.7.word-one');
    await expect(run('message', '1b72', '7')).rejects.toThrow(/several jobs/);
  });
});

describe('a missing lab', () => {
  test.each([
    ['AWS itself', ''],
    ['another machine', 'http://localstack.test:4566'],
    ['LocalStack on this machine', 'http://127.0.0.1:1'],
  ])('is reported for %s', async (_, url) => {
    await expect(openLab(settingsOf(url), 'keeps a history of messages')).rejects.toMatchObject({
      code: 'lab_closed',
      message: expect.stringMatching(
        /only the embedded AWS of `movie-load up --lab`, on this machine, keeps a history of messages/,
      ),
    });
  });

  test('is reported for a token of an earlier `up`, too', async () => {
    const other = await startLocalAws({ lab: createLab() });
    await writeLabToken(other.endpoint, 'an-old-token');
    process.env.AWS_ENDPOINT_URL = other.endpoint;
    await expect(run('clock')).rejects.toMatchObject({ code: 'lab_closed' });
    process.env.AWS_ENDPOINT_URL = aws.endpoint;
    await other.close();
  });
});

test('the token file is readable by this user alone, even if a file of that name was readable by all', async () => {
  const file = join(home, '.movie-load', 'lab-4999');
  writeFileSync(file, 'x', { mode: 0o666 });
  const remove = await writeLabToken('http://127.0.0.1:4999', 'secret');
  expect([statSync(file).mode & 0o777, statSync(join(home, '.movie-load')).mode & 0o777]).toEqual([0o600, 0o700]);
  await remove();
  expect(() => statSync(file)).toThrow('ENOENT');
});
