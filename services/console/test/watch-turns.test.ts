// The watch turn by turn, on a clock that the test moves: what is read, what is sent to which page, what is forgotten.
import { describe, expect, test } from '@jest/globals';
import { createVirtualClock } from '@movie-load/testing';
import type { JobProgress, JobsPage, Overview } from '../src/api.ts';
import { Watch } from '../src/watch.ts';

const EVERY_MS = 1000;
const idOf = (letter: string) => `${letter.repeat(8)}-0000-5000-8000-000000000000`;

// Of an overview and of a progress, only what the test and the watch read.
const overviewOf = (at: number): Overview => ({ at, sample: { at } }) as Overview;
const progressOf = (version: number): JobProgress => ({ version }) as JobProgress;

function start({ overviewMs }: { readonly overviewMs?: number } = {}) {
  const clock = createVirtualClock(1_000_000);
  const read: string[] = [];
  const errors: unknown[] = [];
  const answers: { jobs: JobsPage; progress: (id: string) => JobProgress | undefined; at: () => number } = {
    jobs: { jobs: [], next: null },
    progress: () => progressOf(1),
    at: () => clock.now(),
  };
  const sources = {
    async overview() {
      read.push('overview');
      if (overviewMs !== undefined) await clock.sleep(overviewMs);
      return overviewOf(answers.at());
    },
    async jobs() {
      return answers.jobs;
    },
    async progress(id: string) {
      read.push(id.slice(0, 1));
      return answers.progress(id);
    },
  };
  const watch = new Watch({ sources, clock, everyMs: EVERY_MS, page: 'build', onError: (error) => errors.push(error) });
  const page = (jobId?: string) => {
    const events: string[] = [];
    const texts: string[] = [];
    const close = watch.subscribe((event, json) => {
      events.push(event);
      texts.push(json);
    }, jobId);
    return { events, texts, close };
  };
  /** The reads since the last call of this function: `overview`, and the first letter of each job. */
  const reads = () => read.splice(0).join('');
  return { clock, watch, page, reads, errors, answers };
}

describe('a turn', () => {
  test('starts at once for the first page, then once per interval, however many pages are open', async () => {
    const { clock, page, reads } = start();
    const one = page();
    page();
    await clock.advance(0);
    expect(reads()).toBe('overview');
    await clock.advance(EVERY_MS - 1);
    expect(reads()).toBe('');
    await clock.advance(1);
    expect(reads()).toBe('overview');
    one.close();
    await clock.advance(EVERY_MS);
    expect(reads()).toBe('overview');
  });

  test('is not earlier for pages that open and close', async () => {
    const { clock, watch, page, reads } = start();
    for (let time = 0; time < 5; time += 1) {
      const { close } = page();
      await clock.advance(10);
      close();
      expect(watch.running).toBe(false);
    }
    expect(reads()).toBe('overview');
    page();
    await clock.advance(EVERY_MS - 51);
    expect(reads()).toBe('');
    await clock.advance(1);
    expect(reads()).toBe('overview');
  });

  test('is followed by the next when it exceeds its interval, and never overtaken, also for another page', async () => {
    const { clock, page, reads } = start({ overviewMs: 5 * EVERY_MS });
    page().close();
    await clock.advance(0);
    const first = page();
    await clock.advance(EVERY_MS);
    first.close();
    page();
    await clock.advance(3 * EVERY_MS);
    expect(reads()).toBe('overview');
    await clock.advance(EVERY_MS);
    expect(reads()).toBe('overview');
  });

  test('still happens for the other pages when one page is closed twice', async () => {
    const { clock, watch, page, reads } = start();
    const gone = page();
    page();
    gone.close();
    gone.close();
    expect(watch.running).toBe(true);
    await clock.advance(2 * EVERY_MS);
    expect(reads()).toBe('overview'.repeat(3));
    expect(gone.events).toEqual(['hello']);
  });

  test('reads four jobs, each once for all pages that show it, and reaches every job', async () => {
    const { clock, page, reads } = start();
    for (const letter of ['a', 'b', 'c', 'd', 'a']) page(idOf(letter));
    await clock.advance(0);
    expect(reads()).toBe('overviewabcd');
    for (const letter of ['e', 'f']) page(idOf(letter));
    const turns: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await clock.advance(EVERY_MS);
      turns.push(reads().replace('overview', ''));
    }
    expect(turns.map((turn) => new Set(turn).size)).toEqual([4, 4, 4, 4, 4, 4]);
    const counts = Map.groupBy(turns.join(''), (letter) => letter);
    expect([...counts].map(([letter, { length }]) => `${letter}${length}`).sort()).toEqual([
      'a4',
      'b4',
      'c4',
      'd4',
      'e4',
      'f4',
    ]);
  });
});

describe('the data that is sent', () => {
  test('goes to the pages that show the job; the overview goes to all pages every time', async () => {
    const { clock, page } = start();
    const pages = [page(idOf('a')), page(idOf('b')), page()];
    await clock.advance(EVERY_MS);
    expect(pages.map(({ events }) => events.filter((event) => event === 'job').length)).toEqual([1, 1, 0]);
    expect(pages.map(({ events }) => events.filter((event) => event === 'overview').length)).toEqual([2, 2, 2]);
    expect(pages.map(({ events }) => events.filter((event) => event === 'jobs').length)).toEqual([1, 1, 1]);
  });

  test('is the changed part at once, and everything in every tenth turn', async () => {
    const { clock, page, answers } = start();
    const { events } = page(idOf('a'));
    const count = () => events.filter((event) => event === 'job' || event === 'jobs').length;
    await clock.advance(0);
    expect(count()).toBe(2);
    await clock.advance(8 * EVERY_MS);
    expect(count()).toBe(2);
    await clock.advance(EVERY_MS);
    expect(count()).toBe(4);
    answers.progress = () => progressOf(2);
    await clock.advance(EVERY_MS);
    expect(count()).toBe(5);
    answers.jobs = { jobs: [], next: 'more' };
    await clock.advance(EVERY_MS);
    expect(count()).toBe(6);
  });

  test('starts for a new page with the list, its own job, and a fresh overview', async () => {
    const { clock, page } = start();
    page(idOf('a'));
    page(idOf('b'));
    await clock.advance(0);
    const own = page(idOf('b'));
    expect(own.events).toEqual(['hello', 'jobs', 'job', 'overview']);
    expect(page().events).toEqual(['hello', 'jobs', 'overview']);
    expect(page(idOf('c')).events).toEqual(['hello', 'jobs', 'overview']);
  });

  test('has no overview that is two turns old', async () => {
    const { clock, page } = start();
    const { close } = page();
    await clock.advance(0);
    close();
    await clock.advance(2 * EVERY_MS - 1);
    const early = page();
    expect(early.events).toEqual(['hello', 'jobs', 'overview']);
    early.close();
    await clock.advance(1);
    expect(page().events).toEqual(['hello', 'jobs']);
  });

  test('has nothing of a job that no page shows any more', async () => {
    const { clock, page } = start();
    page();
    const { close } = page(idOf('a'));
    await clock.advance(0);
    close();
    await clock.advance(EVERY_MS);
    expect(page(idOf('a')).events).not.toContain('job');
  });

  test('has nothing of an unknown job; a failed source is reported, and the other sources continue', async () => {
    const { clock, page, answers, errors } = start();
    answers.progress = () => undefined;
    const { events } = page(idOf('a'));
    await clock.advance(0);
    expect(events.toSorted()).toEqual(['hello', 'jobs', 'overview']);
    const failure = new Error('no table');
    answers.progress = () => {
      throw failure;
    };
    await clock.advance(EVERY_MS);
    expect(errors).toEqual([failure]);
    expect(events.toSorted()).toEqual(['hello', 'jobs', 'overview', 'overview']);
    answers.progress = () => undefined;
    // Also when everything is sent again.
    await clock.advance(10 * EVERY_MS);
    expect(events).not.toContain('job');
  });
});

describe('the samples', () => {
  const samplesOf = ({ texts: [hello = '{}'] }: { readonly texts: readonly string[] }): readonly { at: number }[] =>
    JSON.parse(hello).history;

  test('are the last 300, in the order of time', async () => {
    const { clock, page } = start();
    page();
    await clock.advance(310 * EVERY_MS);
    const samples = samplesOf(page());
    expect(samples).toHaveLength(300);
    expect(samples.at(-1)?.at).toBe(1_000_000 + 310 * EVERY_MS);
    expect(samples[0]?.at).toBe(1_000_000 + 11 * EVERY_MS);
  });

  test('start over after a pause of more than half a minute', async () => {
    const { clock, page } = start();
    const pause = async (ms: number) => {
      const { close } = page();
      await clock.advance(0);
      close();
      await clock.advance(ms);
    };
    await pause(30_000);
    await pause(30_001);
    expect(samplesOf(page())).toHaveLength(2);
    await clock.advance(0);
    expect(samplesOf(page())).toHaveLength(1);
  });
});
