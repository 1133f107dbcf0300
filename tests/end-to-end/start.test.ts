// `movie-load start --json`: its output, its file, and the exact counts of calls and write units.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { expectedObject, orderJob, sha256 } from '../support/world.ts';

const callsSchema = z.strictObject({ total: z.int(), by_operation: z.record(z.string(), z.int()) });
const summarySchema = z.strictObject({
  job_id: z.uuid(),
  status: z.literal('COMPLETE'),
  movies: z.int(),
  messages: z.int(),
  groups: z.int(),
  consumers: z.int(),
  seed: z.int(),
  file: z.string(),
  object_bytes: z.int(),
  sha256: z.hex().length(64),
  seconds: z.strictObject({ enqueue: z.number(), store: z.number(), total: z.number() }),
  movies_per_second: z.number().positive(),
  aws_calls: callsSchema,
  setup_calls: callsSchema,
  dynamodb_write_units: z.number(),
  redelivered: z.int(),
  dead_lettered: z.int(),
  peak_rss_bytes: z.strictObject({ producer: z.int().positive(), consumer: z.int().positive() }),
});

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'movie-load-start-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

async function start(...options: string[]) {
  const { code, stdout, stderr } = await cli(['start', '--json', '--out', out, ...options]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout.match(/\n/g)).toHaveLength(1);
  const summary = summarySchema.parse(JSON.parse(stdout));
  return { summary, callsPer1000Movies: (summary.aws_calls.total / summary.movies) * 1000 };
}

describe('start --json', () => {
  test('writes the generator’s bytes, with at most 560 calls per 1,000 movies and 0.36 write units each', async () => {
    const { summary, callsPer1000Movies } = await start('--movies', '3000', '--seed', '11');
    const { plan } = orderJob({ movies: 3000, seed: 11 });
    const file = readFileSync(summary.file);

    expect(file.equals(expectedObject(plan))).toBe(true);
    expect(readdirSync(out)).toEqual([basename(summary.file)]);
    expect(summary).toMatchObject({
      movies: 3000,
      messages: 3000,
      groups: 60,
      consumers: 2,
      seed: 11,
      file: join(out, `${summary.job_id}.json`),
      object_bytes: file.length,
      sha256: sha256(file),
      redelivered: 0,
      dead_lettered: 0,
    });
    expect(callsPer1000Movies).toBeLessThanOrEqual(560);
    expect(summary.dynamodb_write_units / summary.movies).toBeLessThanOrEqual(0.36);
    const sum = Object.values(summary.aws_calls.by_operation).reduce((total, count) => total + count, 0);
    expect(summary.aws_calls.total).toBe(sum);
    expect(summary.aws_calls.by_operation).toMatchObject({ 'sqs:SendMessageBatch': 300, 's3:PutObject': 1 });
    expect(summary.setup_calls.by_operation).toMatchObject({ 'sqs:CreateQueue': 2, 's3:GetObject': 1 });
    const { enqueue, store, total } = summary.seconds;
    expect(enqueue).toBeLessThanOrEqual(total);
    expect(store).toBeLessThanOrEqual(total);
  });

  test('takes 515 calls per 1,000 movies and 0.32 write units a movie at most, with one movie a message', async () => {
    const { summary, callsPer1000Movies } = await start('--movies', '30000');
    expect(summary).toMatchObject({ messages: 30_000, redelivered: 0, dead_lettered: 0 });
    expect(callsPer1000Movies).toBeLessThanOrEqual(515);
    expect(summary.dynamodb_write_units / summary.movies).toBeLessThanOrEqual(0.32);
  });

  test('takes 540 calls per 1,000 movies and 0.32 write units a movie at most for a job of uneven size', async () => {
    const { summary, callsPer1000Movies } = await start('--movies', '4007');
    expect(summary).toMatchObject({ messages: 4007, groups: 58, redelivered: 0, dead_lettered: 0 });
    expect(callsPer1000Movies).toBeLessThanOrEqual(540);
    expect(summary.dynamodb_write_units / summary.movies).toBeLessThanOrEqual(0.32);
  });

  test('takes 2.5 calls per 1,000 packed movies and 0.14 write units a movie at most', async () => {
    const { summary, callsPer1000Movies } = await start(
      '--movies',
      '200000',
      '--movies-per-message',
      'auto',
      '--consumers',
      '1',
    );
    expect(summary).toMatchObject({ movies: 200_000, consumers: 1, redelivered: 0, dead_lettered: 0 });
    expect(callsPer1000Movies).toBeLessThanOrEqual(2.5);
    expect(summary.dynamodb_write_units / summary.movies).toBeLessThanOrEqual(0.14);
    expect(summary.sha256).toBe(sha256(readFileSync(summary.file)));
  });
});

describe('start without --json', () => {
  test('prints its progress in plain lines, then a summary and what to try next', async () => {
    const { code, stdout, stderr } = await cli(['start', '--movies', '20', '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^enqueued \d+, stored \d+ of 20 movies, object [01] of 1 part$/m);
    expect(stdout).toContain('COMPLETE  20 movies in 20 messages');
    expect(stdout).toContain('Next:');
    expect(stdout).toContain('The embedded AWS of this run has ended');
    expect(stdout).not.toContain('\u001b');
  });
});
