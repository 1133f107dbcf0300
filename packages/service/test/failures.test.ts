// The log line of a failure that ends a process, and its exit code.
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { MovieLoadError, UsageError } from '@movie-load/schema';
import { endOnUncaught, logFailure } from '../src/failures.ts';
import { createLogger } from '../src/index.ts';

const { on } = process;
afterEach(() => {
  process.on = on;
});

const malformed = Object.assign(new Error('1 validation error'), { name: 'ValidationException' });

function setUp() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, log: createLogger({ service: 'test', instance: 'test', destination, secrets: [] }) };
}

describe('an error that main threw', () => {
  test('is logged as a sentence with code, details and cause, but no stack, when a person can correct it', () => {
    const { lines, log } = setUp();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const details = { port: 8080 };
    expect(logFailure(log, new MovieLoadError('port_taken', 'The port is taken.', { details, cause }))).toBe(1);
    expect(lines).toEqual([
      {
        ...{ level: 'error', time: expect.any(String), service: 'test', instance: 'test' },
        ...{ msg: 'The port is taken.', code: 'port_taken', details },
        cause: { type: 'Error', message: 'connect ECONNREFUSED' },
      },
    ]);
    logFailure(log, new MovieLoadError('queue_missing', 'There is no queue.'));
    expect(lines[1]).not.toHaveProperty('cause');
  });

  test('is logged with its stack when it is a bug', () => {
    const { lines, log } = setUp();
    expect(logFailure(log, malformed)).toBe(70);
    expect(logFailure(log, 'thrown')).toBe(1);
    expect(lines).toMatchObject([
      { level: 'fatal', msg: 'ended by an error', err: { type: 'ValidationException', stack: expect.any(String) } },
      { level: 'fatal', err: { type: 'string', message: 'thrown' } },
    ]);
  });
});

describe.each([
  ['unhandledRejection', 'unhandled rejection: this is a bug'],
  ['uncaughtException', 'uncaught exception: this is a bug'],
])('%s', (event, msg) => {
  test.each([
    ['a request that AWS finds malformed', malformed, 70],
    ['one behind another error', new Error('wrapped', { cause: malformed }), 70],
    ['any other error', new TypeError('x is not a function'), 1],
    // Exit code 2 is for wrong commands, whose message a person reads.
    ['wrong usage', new UsageError('--movies is missing'), 1],
    ['nothing', undefined, 1],
  ])('of %s ends the process with its code, after a log line', (_, error, code) => {
    const { lines, log } = setUp();
    const events = new EventEmitter();
    Object.assign(process, { on: events.on.bind(events) });
    const codes: [number, number][] = [];
    endOnUncaught(log, (given) => codes.push([given, lines.length]));
    events.emit(event, error);
    expect(lines).toMatchObject([{ level: 'fatal', msg }]);
    expect(codes).toEqual([[code, 1]]);
  });
});
