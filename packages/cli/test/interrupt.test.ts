// Ctrl-C, SIGTERM and SIGHUP in a command: the first requests a stop, a second one forces it.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Interrupted } from '../src/exit.ts';
import { listenForInterrupt } from '../src/interrupt.ts';
import { type EndingSignal, listenForSignals, watchSignals } from '../src/signals.ts';

watchSignals();

/** Calls this program's own listener for a signal; the test runner has others. */
const send = (name: EndingSignal) => process.listeners(name).at(-1)?.(name);

let codes: unknown[];
beforeEach(() => {
  codes = [];
  jest.useFakeTimers();
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    codes.push(code);
    return undefined as never;
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const CODES = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

describe('a signal', () => {
  test.each(CODES)('%s ends the process at once with %i while no command listens', (name, code) => {
    send(name);
    expect(codes).toEqual([code]);
  });

  test.each(CODES)('%s asks a command to stop, which then ends with %i', (name, code) => {
    using interrupt = listenForInterrupt();
    expect([interrupt.signal.aborted, interrupt.exitCode]).toEqual([false, 130]);
    send(name);
    expect(interrupt.signal.reason).toBeInstanceOf(Interrupted);
    expect([interrupt.signal.reason.exitCode, interrupt.exitCode, codes]).toEqual([code, code, []]);
  });

  test('reaches the latest listener, also after an earlier listener has stopped', () => {
    const heard: string[] = [];
    const stopFirst = listenForSignals((name) => heard.push(`first ${name}`));
    const stopSecond = listenForSignals((name) => heard.push(`second ${name}`));
    stopFirst();
    send('SIGINT');
    stopSecond();
    expect([heard, codes]).toEqual([['second SIGINT'], []]);
    send('SIGINT');
    expect(codes).toEqual([130]);
  });

  test('does not reach a command that has ended', () => {
    const interrupt = listenForInterrupt();
    interrupt[Symbol.dispose]();
    send('SIGTERM');
    expect([interrupt.signal.aborted, codes]).toEqual([false, [143]]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a second signal', () => {
  test('within a second counts as the same Ctrl-C; later it cleans up and ends with the code of the first', () => {
    using interrupt = listenForInterrupt();
    const done: string[] = [];
    interrupt.onForce(() => done.push('one'));
    const remove = interrupt.onForce(() => done.push('removed'));
    interrupt.onForce(() => done.push('two'));
    remove();
    send('SIGTERM');
    send('SIGINT');
    jest.advanceTimersByTime(1000);
    send('SIGINT');
    expect([done, codes]).toEqual([[], []]);
    jest.advanceTimersByTime(1);
    send('SIGINT');
    expect([done, codes]).toEqual([['one', 'two'], [143]]);
  });

  test('is not needed when the work has a time limit', () => {
    using interrupt = listenForInterrupt({ limitMs: 15_000 });
    const done: string[] = [];
    interrupt.onForce(() => done.push('cleaned up'));
    jest.advanceTimersByTime(60_000);
    send('SIGINT');
    jest.advanceTimersByTime(14_999);
    expect([done, codes]).toEqual([[], []]);
    jest.advanceTimersByTime(1);
    expect([done, codes]).toEqual([['cleaned up'], [130]]);
  });

  test('is not needed when the work has ended within its limit', () => {
    const interrupt = listenForInterrupt({ limitMs: 15_000 });
    send('SIGINT');
    interrupt[Symbol.dispose]();
    jest.advanceTimersByTime(60_000);
    expect([codes, jest.getTimerCount()]).toEqual([[], 0]);
  });

  test('is needed to end work that has no limit', () => {
    using interrupt = listenForInterrupt();
    send('SIGINT');
    jest.advanceTimersByTime(3_600_000);
    expect([interrupt.signal.aborted, codes]).toEqual([true, []]);
  });
});

test('the end of the parent process asks the command to stop, once', () => {
  const parent = jest.replaceProperty(process, 'ppid', 4711);
  using interrupt = listenForInterrupt();
  jest.advanceTimersByTime(2000);
  expect(interrupt.signal.aborted).toBe(false);
  parent.replaceValue(1);
  jest.advanceTimersByTime(500);
  expect([interrupt.signal.aborted, interrupt.exitCode]).toEqual([true, 143]);
  jest.advanceTimersByTime(10_000);
  expect(codes).toEqual([]);
});
