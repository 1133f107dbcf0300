import { EventEmitter } from 'node:events';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createLogger } from '../src/index.ts';
import { listenForShutdown } from '../src/shutdown.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Sends signals to the listeners without ending the process. */
function start() {
  const signals = new EventEmitter();
  jest.spyOn(process, 'on').mockImplementation((name, listener) => {
    signals.on(name, listener);
    return process;
  });
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: 'test', instance: 'test', destination });
  const codes: number[] = [];
  let now = 5000;
  // The test runner has a channel to a parent of its own.
  const { send } = process;
  delete process.send;
  const signal = listenForShutdown({ log, exit: (code) => codes.push(code), now: () => now });
  if (send) process.send = send;
  return {
    lines,
    codes,
    signal,
    send(name: string, afterMs = 0) {
      now += afterMs;
      signals.emit(name);
    },
  };
}

test('the end of the parent aborts the shutdown signal, and listening for it does not keep the process alive', () => {
  const parent = new EventEmitter();
  jest.spyOn(process, 'on').mockReturnValue(process);
  jest.spyOn(process, 'once').mockImplementation((name, listener) => {
    parent.once(name, listener);
    return process;
  });
  const { send } = process;
  const channel = Object.getOwnPropertyDescriptor(process, 'channel');
  let isKept = true;
  const unref = () => {
    isKept = false;
  };
  Object.defineProperty(process, 'channel', { value: { unref }, configurable: true });
  process.send = () => true;
  try {
    const log = createLogger({ service: 'test', instance: 'test', level: 'silent' });
    const signal = listenForShutdown({ log, exit: () => undefined });
    expect([isKept, signal.aborted]).toEqual([false, false]);
    parent.emit('disconnect');
    expect(signal.reason).toMatchObject({ why: 'parent gone' });
  } finally {
    if (send) process.send = send;
    else delete process.send;
    if (channel) Object.defineProperty(process, 'channel', channel);
    else Reflect.deleteProperty(process, 'channel');
  }
});

test.each(['SIGHUP', 'SIGINT', 'SIGTERM'])('%s aborts the shutdown signal, and the log has the reason', (name) => {
  const { signal, send, codes, lines } = start();
  expect(signal.aborted).toBe(false);
  send(name);
  expect(signal.reason).toMatchObject({ name: 'Shutdown', why: name, message: `shutting down: ${name}` });
  expect(codes).toEqual([]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'info', msg: 'shutting down', why: name }]);
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
])(
  'a second signal ends the process with the code of %s, but not within a second, as npm repeats Ctrl-C',
  (name, code) => {
    const { send, codes, lines } = start();
    send('SIGINT');
    send('SIGINT');
    send(name, 1000);
    expect(codes).toEqual([]);
    send(name, 1);
    expect(codes).toEqual([code]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', msg: 'shutting down', why: 'SIGINT' },
      { level: 'warn', msg: 'second signal: ending at once', why: name },
    ]);
  },
);
