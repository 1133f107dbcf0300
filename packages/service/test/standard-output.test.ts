// `… | head` closes the pipe early, which is not an error. Any other failure of the output is one.
import { afterEach, expect, jest, test } from '@jest/globals';
import { exitWhenOutputCloses } from '../src/standard-output.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

test('a closed pipe ends the process with the code that is set, other errors are thrown, and those of standard error are dropped', () => {
  const streams = [process.stdout, process.stderr] as const;
  const before = streams.map((stream) => stream.listenerCount('error'));
  exitWhenOutputCloses();
  exitWhenOutputCloses();
  expect(streams.map((stream) => stream.listenerCount('error'))).toEqual(before.map((count) => count + 1));
  const [out, err] = streams.map((stream) => stream.listeners('error').at(-1) as (error: Error) => void);
  for (const [index, listener] of [out, err].entries()) if (listener) streams[index]?.off('error', listener);
  const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const failing = (code: string) => Object.assign(new Error(code), { code });
  err?.(failing('EPIPE'));
  expect(() => out?.(failing('ENOSPC'))).toThrow('ENOSPC');
  expect(exit).not.toHaveBeenCalled();
  out?.(failing('EPIPE'));
  // `exit` gets no code, so that a code that is set before stays.
  expect(exit.mock.calls).toEqual([[]]);
});
