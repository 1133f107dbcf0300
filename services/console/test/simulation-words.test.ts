// The texts of the simulation's view about faults and events.
import { expect, test } from '@jest/globals';
import { commandOf } from '../src/page/simulation/command.ts';
import { faultInWords } from '../src/page/simulation/faults.ts';
import {
  formatSeconds,
  isInFlight,
  laneOf,
  lanesOf,
  markOf,
  messageCell,
  nextCall,
  siteOf,
  stateAt,
} from '../src/page/simulation/state.ts';
import type { MessageState, Play, RecordedEvent, Recording } from '../src/simulation-api.ts';

const event = (what: string, more: Partial<RecordedEvent> = {}): RecordedEvent => ({ ms: 0, who: 'c', what, ...more });
const recording: Recording = {
  seed: 1,
  theme: 'everything',
  sabotage: null,
  visibility_seconds: 10,
  max_receive_count: 10,
  jobs: [],
  calls: [],
  faults: [],
  quiet_from: null,
  left_out: 0,
  verdict: null,
  tried: 1,
  events: [
    event('trap object written: kill', { who: 'world', faults: ['trap object written'] }),
    event('outage 0 of s3 for 12 s', { who: 'world', faults: ['outage 0'] }),
    event('trap upload 1: abort_uploads', { who: 'world', faults: ['trap upload 1'] }),
  ],
};

test.each([
  [
    'consumer-1.2|dynamodb:UpdateItem|3 lost_answer',
    'consumer-1.2, UpdateItem 3: the call takes effect, its answer is lost',
  ],
  [
    'redrive.5|sqs:DeleteMessageBatch|1 round 2 entry 3 entry_refused',
    'redrive.5, DeleteMessageBatch 1 round 2 entry 3: the entry is refused for the moment',
  ],
  ['consumer-1.1|sleep|4 crash_asleep', 'consumer-1.1, sleep 4: the process dies while it sleeps'],
  ['trap object written', 'at the moment “object written”: all consumers die'],
  ['trap upload 1', 'at the moment “an upload is written”: an operator aborts every unfinished upload'],
  ['outage 0', 'S3 is unreachable for 12 s'],
  ['interrupt resume.3', 'resume.3 is interrupted, as by Ctrl-C'],
  ['kill 2', 'a consumer is killed'],
  ['delete 0', 'an operator deletes the job'],
  ['something new 7', 'something new 7'],
])('the fault %s has its description', (id, words) => {
  expect(faultInWords(id, recording)).toBe(words);
});

test.each([
  ['receives job-0 #3 (receive count 1)', 'sqs'],
  ['hides job-0 #3 for 10 s', 'sqs'],
  ['ADD #stored :numbers on a8646d49…#2 ledger → {0}', 'dynamodb'],
  ['writes a8646d49…#2 movies#0', 'dynamodb'],
  ['removes a8646d49…#2 movies#0', 'dynamodb'],
  ['UploadPart jobs/a.json', 's3'],
  ['ListParts jobs/a.json', 's3'],
  ['CompleteMultipartUpload jobs/a.json', 's3'],
  ['PutObject jobs/a.json', 's3'],
  ['UpdateItem fails: TimeoutError', 'failure'],
  ['starts', 'start'],
  ['✝ the process dies', 'death'],
  ['“storing failed: trying again”', 'note'],
  ['GetQueueAttributes', 'note'],
])('the event “%s” is drawn as %s', (what, mark) => {
  expect(markOf(event(what))).toBe(mark);
});

test('a fault and a verdict are drawn as such, whatever their text is', () => {
  expect(markOf(event('UpdateItem 3: stall', { faults: ['x'] }))).toBe('fault');
  expect(markOf(event('✗ liveness: …', { who: 'oracle' }))).toBe('verdict');
});

test('a run has a command that repeats it, unless its schedule was shortened or its seed is unknown', () => {
  const request: Play = { seed: 4, sabotage: null, movies: null, faults: 'all', placed: [] };
  expect(commandOf(request)).toBe('npm run sim -- --seed 4 --trace');
  const fault = 'consumer-1.1|dynamodb:UpdateItem|3 stall';
  expect(commandOf({ seed: 4, sabotage: 'delete before store', movies: 6, faults: 'none', placed: [fault] })).toBe(
    `npm run sim -- --seed 4 --sabotage --name "delete before store" --movies 6 --calm --place "${fault}" --trace`,
  );
  expect(commandOf({ ...request, faults: ['outage 0'] })).toBeUndefined();
  expect(commandOf({ ...request, seed: null })).toBeUndefined();
});

test('all starts of a process share one lane; a call has its process, operation and count', () => {
  expect(['consumer-1.1', 'consumer-1.12', 'resume.3', 'world'].map(laneOf)).toEqual([
    'consumer-1',
    'consumer-1',
    'resume',
    'world',
  ]);
  expect(siteOf('consumer-1.1|s3:UploadPart|2')).toEqual({
    process: 'consumer-1.1',
    operation: 'UploadPart',
    count: '2',
  });
});

const copy = (number: number, more: Partial<MessageState> = {}): MessageState => ({
  ...{ queue: 'queue', of: { job: 0, number }, receives: 0, in_flight: null },
  ...more,
});
const held = (number: number, until_ms: number) =>
  copy(number, { receives: 1, in_flight: { by: 'consumer-1', until_ms } });

test('the state at an event is the sum of all changes up to it', () => {
  const events = [
    event('sends job-0 #0', { changes: { messages: { 1: copy(0), 2: copy(1) } } }),
    event('receives job-0 #0', { changes: { messages: { 1: held(0, 10_000) }, jobs: { 0: { status: 'RUNNING' } } } }),
    event('deletes job-0 #0', { changes: { messages: { 1: null, 2: copy(1, { queue: 'dead_letters' }) } } }),
  ] as RecordedEvent[];
  const run = { ...recording, events, jobs: [{ name: 'job-0' }] as never };
  const cells = (index: number, ms: number) =>
    [0, 1, 2].map((number) => messageCell(stateAt(run, index), 0, number, ms).text);
  expect(cells(-1, 0)).toEqual(['not sent', 'not sent', 'not sent']);
  expect(cells(0, 0)).toEqual(['waits in the queue', 'waits in the queue', 'not sent']);
  expect(cells(1, 9999)[0]).toBe('in flight at consumer-1 until 10.000 s');
  expect(cells(1, 10_000)[0]).toBe('visible again');
  expect(cells(2, 0)).toEqual(['deleted', 'in the dead-letter queue', 'not sent']);
  expect(stateAt(run, 0).jobs).toMatchObject([{ status: 'none', object: 'none' }]);
  expect(stateAt(run, 1).jobs).toMatchObject([{ status: 'RUNNING', object: 'none' }]);
  expect([isInFlight(held(0, 5), 4), isInFlight(held(0, 5), 5), isInFlight(copy(0), 0)]).toEqual([true, false, false]);
});

test('a message with several copies is shown by the one in flight, else by one that waits', () => {
  const world = (...copies: MessageState[]) => ({
    messages: new Map(copies.map((one, at) => [String(at), one])),
    sent: new Set(['0 3']),
    jobs: [],
  });
  const states = (...copies: MessageState[]) => messageCell(world(...copies), 0, 3, 0).state;
  expect(states(copy(3, { queue: 'dead_letters' }), copy(3), held(3, 9))).toBe('flight');
  expect(states(copy(3, { queue: 'dead_letters' }), copy(3))).toBe('waiting');
  expect(states(copy(3, { queue: 'dead_letters' }), copy(4))).toBe('dead');
  expect(states(copy(4))).toBe('gone');
  expect(messageCell(world(copy(3)), 1, 3, 0).state).toBe('none');
});

test('lanes are in the order of the protocol, and the next call after an event is found', () => {
  const whos = ['oracle', 'world', 'consumer-2.1', 'consumer-1.1', 'consumer-1.2', 'producer.1'];
  expect(lanesOf({ ...recording, events: whos.map((who) => event('starts', { who })) })).toEqual([
    'producer',
    'consumer-1',
    'consumer-2',
    'world',
    'oracle',
  ]);
  const call = (site: string, from: number) => ({ site, from }) as Recording['calls'][number];
  const calls = [call('consumer-1.1|sqs:SendMessage|1', 3), call('consumer-2.1|sqs:SendMessage|1', 4)];
  const next = (index: number, lane: string | null) => nextCall({ ...recording, calls }, index, lane)?.from;
  expect([next(2, null), next(3, null), next(4, null)]).toEqual([3, 4, undefined]);
  expect([next(0, 'consumer-2'), next(3, 'consumer-1')]).toEqual([4, undefined]);
});

test('times are in seconds, to the millisecond', () => {
  expect([0, 1234.4, 60_000].map(formatSeconds)).toEqual(['0.000 s', '1.234 s', '60.000 s']);
});
