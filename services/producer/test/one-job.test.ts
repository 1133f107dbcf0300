import { afterEach, describe, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { planFromToken } from '@movie-load/schema';
import { eventually, type TestAws } from '@movie-load/testing';
import { drain, numbers, startAws, startProducer, upTo } from './support.ts';

let aws: TestAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

const cliArguments = (...args: (string | number)[]) => args.map(String);

describe('one job', () => {
  test('is sent completely, in order inside each group, and reported with every call', async () => {
    aws = await startAws();
    const producer = startProducer(cliArguments('--movies', 530, '--seed', 7), { AWS_ENDPOINT_URL: aws.endpoint });
    expect(await producer.exit()).toBe(0);
    const messages = await drain(aws.queue);
    expect(numbers(messages)).toEqual(upTo(530));
    for (const group of new Set(messages.map((message) => message.group))) {
      const numbers = messages.filter((message) => message.group === group).map(({ number }) => number);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    const all = messages.sort((a, b) => a.number - b.number).flatMap((message) => message.movies);
    expect(all).toEqual([...generateMovies(7, { first: 0, count: 530 })]);
    expect(producer.reports.at(-1)).toMatchObject({
      final: true,
      sent_messages: 530,
      sent_movies: 530,
    });
    expect(producer.reports.at(-1)?.calls).toEqual({
      'sqs:GetQueueUrl': 1,
      'sqs:GetQueueAttributes': 1,
      'sqs:SendMessageBatch': 53,
    });
    expect(producer.stderr()).toContain(`"job_id":"${messages[0]?.job_id}"`);
    expect(producer.stdout()).toBe('');
  });

  test('of messages of 5,000 movies is sent completely', async () => {
    aws = await startAws();
    const args = cliArguments('--movies', 12_001, '--movies-per-message', 5000, '--seed', 7);
    const producer = startProducer(args, { AWS_ENDPOINT_URL: aws.endpoint });
    expect(await producer.exit()).toBe(0);
    const messages = await drain(aws.queue);
    expect(numbers(messages)).toEqual(upTo(3));
    expect(messages.map((message) => message.movies.length).sort()).toEqual([2001, 5000, 5000]);
  });

  test('is sent completely, each message once, although calls fail, answers are lost and connections break', async () => {
    let sends = 0;
    const faults = { errors: 0, resets: 0 };
    const faultEvery = (every: number) => (operation: string) => {
      if (operation !== 'sqs:SendMessageBatch' || ++sends % every !== 0) return undefined;
      if (faults.errors > faults.resets) {
        faults.resets += 1;
        return 'reset';
      }
      faults.errors += 1;
      return { status: 503, code: 'ServiceUnavailable' };
    };
    aws = await startAws({ before: faultEvery(5), after: faultEvery(7) });
    const producer = startProducer(cliArguments('--movies', 300), { AWS_ENDPOINT_URL: aws.endpoint });
    expect(await producer.exit()).toBe(0);
    expect(numbers(await drain(aws.queue))).toEqual(upTo(300));
    expect(faults.errors).toBeGreaterThan(1);
    expect(faults.resets).toBeGreaterThan(1);
  });

  test('stops with exit code 130 on SIGTERM, and is sent completely when it is sent again with its nonce', async () => {
    // SQS accepts 30 of the 300 batches and refuses all others until the first producer has ended. A batch that was in
    // flight when the producer ended still takes effect.
    let isDown = true;
    const batches = { arrived: 0, done: 0 };
    aws = await startAws({
      delayMs: (operation) => {
        if (operation !== 'sqs:SendMessageBatch') return 0;
        batches.arrived += 1;
        return isDown ? 50 : 0;
      },
      before: (operation) => {
        if (operation !== 'sqs:SendMessageBatch') return undefined;
        batches.done += 1;
        return isDown && batches.done > 30 ? { status: 503, code: 'ServiceUnavailable' } : undefined;
      },
    });
    const args = cliArguments('--movies', 3000, '--nonce', 'stopped', '--seed', 1);
    const first = startProducer([...args, '--json'], { AWS_ENDPOINT_URL: aws.endpoint });
    await eventually('more than 100 messages are sent', () => (first.reports.at(-1)?.sent_messages ?? 0) > 100);
    first.kill('SIGTERM');
    expect(await first.exit()).toBe(130);
    expect(first.stderr()).toContain('stopped before the job was sent');
    expect(first.reports.at(-1)?.sent_messages).toBeLessThanOrEqual(300);
    const printed = JSON.parse(first.stdout());
    expect(printed).toMatchObject({ status: 'STOPPED', movies: 3000, sent_movies: first.reports.at(-1)?.sent_movies });
    expect(planFromToken(printed.plan)).toMatchObject({ nonce: 'stopped', seed: 1 });
    await eventually('the batches in flight have taken effect', () => batches.done === batches.arrived);
    isDown = false;
    const sent = await drain(aws.queue);

    const second = startProducer(args, { AWS_ENDPOINT_URL: aws.endpoint });
    expect(await second.exit()).toBe(0);
    const again = await drain(aws.queue);
    expect(numbers(again)).toEqual(upTo(3000));
    expect(new Set([...sent, ...again].map(({ job_id }) => job_id)).size).toBe(1);
    const plans = new Set([...sent, ...again].map(({ plan }) => JSON.stringify(plan)));
    expect(plans.size).toBe(1);
  });

  test('with the same nonce and no seed is the same job, with another nonce another job with other movies', async () => {
    aws = await startAws();
    for (const nonce of ['a', 'a', 'b']) {
      const producer = startProducer(cliArguments('--movies', 3, '--nonce', nonce), { AWS_ENDPOINT_URL: aws.endpoint });
      expect(await producer.exit()).toBe(0);
    }
    const jobs = Map.groupBy(await drain(aws.queue), ({ job_id }) => job_id);
    expect([...jobs.values()].map((messages) => messages.length).sort()).toEqual([3, 6]);
    const movieIds = [...jobs.values()].map(
      (messages) => new Set(messages.flatMap((one) => one.movies.map((m) => m.movie_id))),
    );
    expect(movieIds.map(({ size }) => size)).toEqual([3, 3]);
    expect(new Set(movieIds.flatMap((ids) => [...ids])).size).toBe(6);
  });

  test('fails with one sentence if its queue does not exist or nothing listens at the endpoint', async () => {
    aws = await startAws();
    const wrongQueue = startProducer(cliArguments('--movies', 1), {
      AWS_ENDPOINT_URL: aws.endpoint,
      MOVIE_LOAD_QUEUE: 'other.fifo',
    });
    expect(await wrongQueue.exit()).toBe(1);
    expect(wrongQueue.stderr()).toContain('There is no queue \\"other.fifo\\"');
    const unreachable = startProducer(cliArguments('--movies', 1), { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(await unreachable.exit()).toBe(1);
    expect(unreachable.stderr()).toContain('Is it running?');
    expect(unreachable.stderr() + wrongQueue.stderr()).not.toContain('    at ');
  });
});

describe('the options of a producer', () => {
  test('are all checked: the problems are reported together, without a stack trace, with exit code 2', async () => {
    const producer = startProducer(['--movies', 'x', '--seed', 'y'], { HTTP_PORT: 'z', AWS_ENDPOINT_URL: 'nowhere' });
    expect(await producer.exit()).toBe(2);
    for (const name of ['--movies', '--seed', 'HTTP_PORT', 'AWS_ENDPOINT_URL'])
      expect(producer.stderr()).toContain(name);
    expect(producer.stderr()).not.toContain('    at ');
  });

  test('include --dry-run, which prints the plan and its price, and makes no request', async () => {
    const args = cliArguments('--movies', 1_000_000, '--movies-per-message', 'auto', '--dry-run', '--seed', 7);
    const text = startProducer(args, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(await text.exit()).toBe(0);
    for (const words of ['3,077', '62', 'SQS calls', 'DynamoDB items', 'write units', 'us-east-1, November 2026']) {
      expect(text.stdout()).toContain(words);
    }
    const json = startProducer([...args, '--json']);
    expect(await json.exit()).toBe(0);
    const estimate = JSON.parse(json.stdout());
    expect(estimate).toMatchObject({ messages: 3077, groups: 62, sqs: { sends: 308 } });
    expect(estimate.dynamodb.write_units / 1_000_000).toBeLessThan(0.15);
    expect(estimate.list_price.usd).toBeLessThan(0.1);
  });

  test('include --help, which prints the help on standard output', async () => {
    const producer = startProducer(['--help']);
    expect(await producer.exit()).toBe(0);
    expect(producer.stdout()).toContain('--movies-per-message');
  });
});
