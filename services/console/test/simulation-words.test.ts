// What the simulation's view says of faults and events.
import { expect, test } from '@jest/globals';
import { commandOf } from '../src/page/simulation/command.ts';
import { faultInWords } from '../src/page/simulation/faults.ts';
import { laneOf, markOf, siteOf } from '../src/page/simulation/state.ts';
import type { Play, RecordedEvent, Recording } from '../src/simulation-api.ts';

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
])('%s in words', (id, words) => {
  expect(faultInWords(id, recording)).toBe(words);
});

test.each([
  ['receives job-0 #3 (1.)', 'sqs'],
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
])('“%s” is drawn as %s', (what, mark) => {
  expect(markOf(event(what))).toBe(mark);
});

test('a fault and a verdict are drawn as such, whatever their line says', () => {
  expect(markOf(event('UpdateItem 3: stall', { faults: ['x'] }))).toBe('fault');
  expect(markOf(event('✗ liveness: …', { who: 'oracle' }))).toBe('verdict');
});

test('a run has a command that repeats it, unless its schedule was made shorter', () => {
  const request: Play = { seed: 4, sabotage: null, movies: null, faults: 'all', placed: [] };
  expect(commandOf(request)).toBe('npm run sim -- --seed 4 --trace');
  const fault = 'consumer-1.1|dynamodb:UpdateItem|3 stall';
  expect(commandOf({ seed: 4, sabotage: 'delete before store', movies: 6, faults: 'none', placed: [fault] })).toBe(
    `npm run sim -- --seed 4 --sabotage --name "delete before store" --movies 6 --calm --place "${fault}" --trace`,
  );
  expect(commandOf({ ...request, faults: ['outage 0'] })).toBeUndefined();
});

test('all starts of a process have one lane', () => {
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
