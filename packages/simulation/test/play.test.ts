// Recording a run does not change it, and a fault strikes where a person places it.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { play } from '../src/play/play.ts';
import { MAX_EVENTS, RunRecorder } from '../src/play/recorder.ts';
import type { PlayRequest, PlayTask } from '../src/play/recording.ts';
import { runSeed } from '../src/run/run-seed.ts';

/** Jest's own module loader cannot change sources, as sabotages do: a worker thread has Node's. */
async function runInWorker(task: PlayTask): Promise<unknown> {
  const worker = new Worker(new URL('../src/play/worker.ts', import.meta.url), { workerData: task });
  const [{ json }] = await once(worker, 'message');
  return JSON.parse(json);
}

const SEED: PlayRequest = { seed: 1, sabotage: null, movies: null, faults: 'all', placed: [] };

describe('a recorder', () => {
  test.each([2, 6, 10])('has the lines of the trace and every fault of seed %d, and changes nothing', async (seed) => {
    const lines: string[] = [];
    const recorder = new RunRecorder();
    const trace = (ms: number, who: string, what: string) => void lines.push(`${ms} ${who} ${what}`);
    const recorded = await runSeed({ seed, recorder, trace });
    expect(recorded).toEqual(await runSeed({ seed }));
    const { events, calls, left_out } = recorder.end();
    expect(left_out).toBe(0);
    const shorten = (line: string) => line.slice(0, 200);
    expect(events.map(({ ms, who, what }) => shorten(`${ms} ${who} ${what}`))).toEqual(
      expect.arrayContaining(lines.map(shorten)),
    );
    expect(events.flatMap(({ faults = [] }) => faults).toSorted()).toEqual(recorded.faults.toSorted());
    expect(new Set(calls.map(({ site }) => site)).size).toBe(calls.length);
    for (const { from, to = from } of calls) expect(to).toBeGreaterThanOrEqual(from);
    expect(events.map(({ ms }) => ms)).toEqual(events.map(({ ms }) => ms).toSorted((a, b) => a - b));
  });

  test('keeps at most its limit of events, and counts the others', async () => {
    const recorder = new RunRecorder();
    const { violation } = await runSeed({ seed: 1, recorder });
    expect(violation).toBeUndefined();
    const before = recorder.end().events.length;
    for (let line = 0; line < MAX_EVENTS; line += 1) recorder.note(0, 'world', 'one more');
    const { events, left_out } = recorder.end('the last line');
    expect(events).toHaveLength(MAX_EVENTS + 1);
    expect(left_out).toBe(before);
    expect(events.at(-1)).toMatchObject({ who: 'oracle', what: 'the last line' });
  });
});

describe('a placed fault', () => {
  test('strikes once, also beside the faults of the seed, and not after they have stopped', async () => {
    const { calls, quiet_from } = await play(SEED);
    const early = calls.find(({ site }) => site.startsWith('consumer-1.1|dynamodb:BatchWriteItem|'));
    const late = calls.findLast(({ from }) => quiet_from !== null && from > quiet_from);
    if (early === undefined || late === undefined) throw new Error('the seed has no such calls');
    const placed = [`${early.site} lost_answer`, `${late.site} crash_after_effect`];
    const { faults, verdict } = await play({ ...SEED, placed });
    expect(faults.filter((id) => placed.includes(id))).toEqual([placed[0]]);
    expect(faults.length).toBeGreaterThan(1);
    expect(verdict).toBeNull();
  });

  test.each(['nonsense', 'consumer-1.1|sqs:ReceiveMessage|1 melt', ' stall'])(
    'with an unknown id is refused: %s',
    async (id) => {
      await expect(play({ ...SEED, placed: [id] })).rejects.toThrow(/is not a fault/);
    },
  );

  test('does not change the run before it strikes: then the process dies, and the job recovers', async () => {
    const calm: PlayRequest = { ...SEED, movies: 6, faults: 'none' };
    const before = await play(calm);
    expect(before.faults).toEqual([]);
    const call = before.calls.find(({ site }) => /^consumer-\d\.1\|dynamodb:BatchWriteItem\|1$/.test(site));
    const placed = [`${call?.site} crash_after_effect`];
    const after = await play({ ...calm, placed });
    expect(after.faults).toEqual(placed);
    expect(after.verdict).toBeNull();
    expect(after.events.slice(0, call?.from)).toEqual(before.events.slice(0, call?.from));
    const died = after.events.findIndex(({ what }) => what.startsWith('✝'));
    expect(died).toBeGreaterThanOrEqual(call?.from ?? Number.NaN);
    expect(after.events.find(({ faults }) => faults?.includes(placed[0] ?? ''))?.who).toBe(after.events[died]?.who);
  });
});

test('the shortest schedule and its recording have no placed fault that the failure does not need', async () => {
  const request: PlayRequest = { ...SEED, sabotage: 'delete before store' };
  const placed = ['producer.1|sqs:SendMessageBatch|1 slow'];
  const withPlaced = await runInWorker({ kind: 'play', request: { ...request, placed } });
  expect(withPlaced).toMatchObject({ faults: expect.arrayContaining(placed) });
  const shortest = await runInWorker({ kind: 'shortest', request: { ...request, placed } });
  expect(shortest).toMatchObject({ faults: [], recording: { faults: [], verdict: { invariant: 'deleted ⇒ stored' } } });
});

test('`movies` sets the size of the only job', async () => {
  const { jobs, verdict } = await play({ ...SEED, movies: 7 });
  expect(jobs).toMatchObject([{ movies: 7 }]);
  expect(verdict).toBeNull();
});

test('a request without seed and sabotage, or with an unknown sabotage, is refused', async () => {
  await expect(play({ ...SEED, seed: null })).rejects.toThrow(/Choose a seed/);
  await expect(play({ ...SEED, sabotage: 'no such' })).rejects.toThrow(/There is no sabotage/);
});
