// The session of a command, and its end by Ctrl-C: with its own code, and without another call.
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { startTestAws, type TestAws } from '@movie-load/testing';
import { Interrupted } from '../src/exit.ts';
import { type Session, withSession } from '../src/session.ts';
import { type EndingSignal, watchSignals } from '../src/signals.ts';

watchSignals();

let aws: TestAws;
const before = { ...process.env };
beforeAll(async () => {
  aws = await startTestAws();
});
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(?:AWS|MOVIE_LOAD)_/.test(name)) delete process.env[name];
  Object.assign(process.env, aws.env);
  jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
});
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});
afterAll(() => aws.close());

const send = (name: EndingSignal) => process.listeners(name).at(-1)?.(name);
const calls = () => [...aws.requests.values()].reduce((sum, count) => sum + count, 0);

test('a session returns the result of the work, and no longer listens for signals', async () => {
  let sessionAfterWork: Session | undefined;
  const name = await withSession({}, async (session) => {
    sessionAfterWork = session;
    return [(await session.queue()).name, (await session.dlq()).name];
  });
  expect(name).toEqual(['movie-load.fifo', 'movie-load-dlq.fifo']);
  // From now on a signal ends the process at once.
  send('SIGTERM');
  expect(process.exit).toHaveBeenCalledWith(143);
  expect(sessionAfterWork?.signal.aborted).toBe(false);
});

test.each<[string, (session: Session) => Promise<unknown>]>([
  ['the queue', ({ queue }) => queue()],
  ['the dead-letter queue', ({ dlq }) => dlq()],
  ['a job by its first characters', ({ job }) => job('ffff')],
  ['a job by its id', ({ job }) => job('ffffffff-ffff-5fff-bfff-ffffffffffff')],
])('after Ctrl-C a session does not call AWS for %s', async (_, call) => {
  let callsBefore = 0;
  const ended = withSession({}, async (session) => {
    send('SIGINT');
    callsBefore = calls();
    await call(session);
  });
  await expect(ended).rejects.toBeInstanceOf(Interrupted);
  expect(calls()).toBe(callsBefore);
});

test('an error that Ctrl-C caused is reported as Ctrl-C, any other error unchanged', async () => {
  const ended = withSession({}, async () => {
    send('SIGTERM');
    throw new Error('aborted');
  });
  await expect(ended).rejects.toMatchObject({ code: 'interrupted', exitCode: 143 });
  await expect(withSession({}, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});
