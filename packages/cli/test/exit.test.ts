// The exit codes and error messages of commands, errors of standard output, and the times of a job.
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { MovieLoadError, UsageError } from '@movie-load/schema';
import { CommanderError } from 'commander';
import { createStopwatch } from '../src/commands/start/stopwatch.ts';
import { Interrupted, reportError, watchStandardOutput } from '../src/exit.ts';
import { createReportTotals } from '../src/processes/report-totals.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** The exit code, and what is on standard error. */
function end(error: unknown): [code: number, text: string] {
  let text = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  return [reportError(error), text];
}

describe('a command', () => {
  test.each([
    ['help was asked for', new CommanderError(0, 'commander.helpDisplayed', 'help'), 0, ''],
    ['an option is unknown', new CommanderError(1, 'commander.unknownOption', 'unknown'), 2, ''],
    ['Ctrl-C ended it', new Interrupted(), 130, ''],
    ['SIGTERM ended it', new Interrupted(143), 143, ''],
    ['it was used wrongly', new UsageError('Which job?'), 2, 'movie-load: Which job?\n'],
    ['a plan is not valid', new MovieLoadError('plan_token', 'Not a plan.'), 2, 'movie-load: Not a plan.\n'],
    ['it failed', new MovieLoadError('download_short', 'Got 1 of 2.'), 1, 'movie-load: Got 1 of 2.\n'],
  ])('has its exit code and message when %s', (_, error, code, text) => {
    expect(end(error)).toEqual([code, text]);
  });

  test('shows the first line of any other error, and where to find more', () => {
    expect(end(new Error('first\nsecond'))).toEqual([1, 'movie-load: first (MOVIE_LOAD_DEBUG=1 shows more)\n']);
    expect(end('thrown')).toEqual([1, 'movie-load: thrown\n']);
    expect(end(Object.assign(new Error(''), { code: 'EIO' }))[1]).toMatch(/^movie-load: EIO /);
  });

  test('shows the stack only with MOVIE_LOAD_DEBUG=1, and never a credential', () => {
    expect(end(new Error('refused'))[1]).not.toContain('exit.test.ts');
    const before = { ...process.env };
    Object.assign(process.env, { MOVIE_LOAD_DEBUG: '1', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG' });
    const [code, text] = end(new Error('refused wJalrXUtnFEMI/K7MDENG'));
    process.env = before;
    expect(code).toBe(1);
    expect(text).toMatch(/exit\.test\.ts/);
    expect(text).not.toContain('wJalr');
  });
});

describe('standard output', () => {
  /**
   * Emits an error of standard error, which must not end the command, and then of standard output. Returns the
   * arguments of each call of `process.exit`, and the text on standard error.
   */
  function fail(error: object): [codes: unknown[], text: string] {
    const codes: unknown[] = [];
    let text = '';
    jest.spyOn(process, 'exit').mockImplementation((...code) => {
      codes.push(code);
      throw new Error('the process has ended');
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((part) => {
      text += String(part);
      return true;
    });
    const streams = [process.stdout, process.stderr] as const;
    watchStandardOutput();
    const [out, err] = streams.map((stream) => stream.listeners('error').at(-1) as (error: object) => void);
    for (const [index, listener] of [out, err].entries()) if (listener) streams[index]?.off('error', listener);
    err?.(error);
    expect(codes).toEqual([]);
    expect(() => out?.(error)).toThrow('the process has ended');
    return [codes, text];
  }

  test('that its reader closes ends the command with the exit code that it has so far', () => {
    expect(fail({ code: 'EPIPE', errno: -32, message: 'write EPIPE' })).toEqual([[[]], '']);
  });

  test('that cannot be written fails the command, and the message says why', () => {
    const [codes, text] = fail({ code: 'ENOSPC', errno: -28, message: 'write ENOSPC' });
    expect(codes).toEqual([[1]]);
    expect(text).toBe('movie-load: standard output cannot be written: no space left on device\n');
    expect(fail({ message: 'closed' })[1]).toBe('movie-load: standard output cannot be written: closed\n');
  });
});

test('the times of a COMPLETE job are exact and never zero, and those of another job end now', () => {
  let now = 10_000;
  const watch = createStopwatch(100, () => now);
  const totals = createReportTotals().current();
  watch.update({ ...totals, sent_movies: 99, stored_movies: 0 }, 10_500);
  watch.update({ ...totals, sent_movies: 100, stored_movies: 99 }, 11_000);
  watch.update({ ...totals, sent_movies: 100, stored_movies: 100 }, 12_000);
  watch.update({ ...totals, sent_movies: 100, stored_movies: 100 }, 13_000);
  now = 14_000;
  expect(watch.elapsedMs()).toBe(4000);
  const [started_on, completed_on] = [10_000, 12_500].map((at) => new Date(at).toISOString());
  if (started_on === undefined || completed_on === undefined) throw new Error('two times');
  expect(watch.times({ started_on, completed_on })).toEqual({
    seconds: { enqueue: 1, store: 2, total: 2.5 },
    movies_per_second: 40,
  });
  expect(watch.times({ started_on: completed_on, completed_on: started_on }).seconds.total).toBe(0.001);
  expect(watch.timesSoFar()).toEqual({ seconds: { enqueue: 1, store: 2, total: 4 }, movies_per_second: 0 });
});
