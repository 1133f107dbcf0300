// `movie-load capacity`: the values of --within, the text for people, and the exit codes of the command.
import { describe, expect, test } from '@jest/globals';
import { capacityOf } from '@movie-load/queue/capacity';
import { UsageError } from '@movie-load/schema';
import { capacityText, headingText, sourceText } from '../src/commands/capacity/text.ts';
import { parseWithin } from '../src/commands/capacity/within.ts';
import { runCommand } from './run-command.ts';

describe('--within', () => {
  test.each([
    ['90s', 90],
    ['45m', 2700],
    ['45min', 2700],
    ['1h', 3600],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1d1h1m1s', 90_061],
    ['3600s', 3600],
    ['14d', 1_209_600],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseWithin(text)).toBe(seconds);
  });

  test.each(['', '1', '3600', 'h', '1 h', '1h ', '-1h', '1.5h', '1h1h', '1m1h', '1w', '1H', '٣h', 'abc', '1e3s'])(
    'refuses %j, which is not a time',
    (text) => {
      expect(() => parseWithin(text)).toThrow(UsageError);
      expect(() => parseWithin(text)).toThrow('with its unit');
    },
  );

  test.each(['0s', '0h', '15d', '14d1s', '9999999d'])('refuses %s, which is out of range', (text) => {
    expect(() => parseWithin(text)).toThrow('from 1s to 14d');
  });
});

describe('a capacity plan', () => {
  const job = (movies_per_message: number | 'auto', within_seconds: number) =>
    capacityOf({ movies: 50_000_000, movies_per_message, within_seconds, table: 'movie-job-information' });

  test('says first whether the goal is possible, then with what, what breaks first and how to raise that', () => {
    const packed = capacityText(job('auto', 1200));
    expect(packed).toMatch(/^325 movies a message: possible when a quota is raised\n {2}replicas /);
    expect(packed).toContain('breaks first  a new table on demand, writes');
    expect(packed).toMatch(/\n {16}aws dynamodb update-table .* WriteUnitsPerSecond=\d+000 \(charged once\)$/);
    expect(packed).toMatch(/too little/);
    expect(headingText(job('auto', 3600))).toContain('50,000,000 movies within 1 h');
    expect(sourceText(job('auto', 3600))).toMatch(/measured \d{4}-\d\d-\d\d/);
  });

  test('names the shortest possible time for an impossible goal, and uses that time for its numbers', () => {
    const text = capacityText(job(1, 3600));
    expect(text).toMatch(
      /^one movie a message: not possible within 1 h; the shortest is \d+ (?:h|min).*\n {2}because {7}one producer .*What follows is for the/,
    );
    const [, shortest] = /the shortest is (.*)\n/.exec(text) ?? [];
    expect(text).toContain(`\n  done after    ${shortest}, from the first send`);
  });

  test('names the shortest time once if raised quotas do not shorten it', () => {
    expect(capacityText(job(1, 3600))).toMatch(/\n {2}shortest {6}[^,]+, with default quotas and with raised ones\n/);
    expect(capacityText(job('auto', 3600))).toMatch(/\n {2}shortest {6}.+ with default quotas, .+ with raised ones\n/);
  });

  test('is printed in lines of at most 150 columns', () => {
    for (const text of [capacityText(job(1, 3600)), capacityText(job('auto', 60))])
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(150);
  });
});

describe('the capacity command', () => {
  test('needs no endpoint, no credentials and no bucket name, and accepts a table name', async () => {
    const words = ['capacity', '--movies', '50000000', '--packed'];
    const { code, stdout, stderr } = await runCommand({ MOVIE_LOAD_TABLE: 'other' }, ...words, '--within', '20m');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('--table-name other --warm-throughput WriteUnitsPerSecond=');
  });

  test('fails only when no way of sending is fast enough', async () => {
    const words = ['capacity', '--movies', '50000000', '--json'];
    const both = await runCommand({}, ...words, '--within', '1h');
    expect(JSON.parse(both.stdout).jobs.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      'impossible',
      expect.not.stringMatching('impossible'),
    ]);
    expect(both.code).toBe(0);
    expect((await runCommand({}, ...words, '--within', '1h', '--movies-per-message', '1')).code).toBe(1);
  });

  test('does not advise setting a limit to its default', async () => {
    const { stdout } = await runCommand({}, 'capacity', '--movies', '50000000', '--packed', '--within', '1h');
    expect(stdout).toContain('WriteUnitsPerSecond=<more than 4000>');
  });
});
