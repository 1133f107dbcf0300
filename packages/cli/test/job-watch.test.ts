// How `start` notices that its job is COMPLETE, and that it will never be.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { NO_COUNTS, type ServiceReport, UsageError } from '@movie-load/schema';
import { watchJob } from '../src/commands/start/job-watch.ts';
import { createReportTotals } from '../src/processes/report-totals.ts';
import type { ServiceExit, ServiceProcess } from '../src/processes/service.ts';

function fakeProcess(name: string) {
  const exited = Promise.withResolvers<ServiceExit>();
  const state = { problem: undefined as string | undefined };
  const process = { name, exited: exited.promise, lastProblem: () => state.problem } as unknown as ServiceProcess;
  return {
    process,
    state,
    ends: (code: number | null, signal: ServiceExit['signal'] = null) => exited.resolve({ code, signal }),
  };
}

function start(signal?: AbortSignal) {
  const producer = fakeProcess('producer');
  const consumers = [fakeProcess('consumer 1'), fakeProcess('consumer 2')];
  const aws = Promise.withResolvers<void>();
  const stop = new AbortController();
  const totals = createReportTotals();
  const report = (more: Partial<ServiceReport>) =>
    totals.add({
      ...NO_COUNTS,
      kind: 'report',
      service: 'consumer',
      instance: 'one',
      at: 1,
      peak_rss_bytes: 1,
      cpu_seconds: 0,
      final: false,
      ...more,
    });
  const reads: string[] = [];
  const item: { isComplete: boolean; error?: Error } = { isComplete: false };
  const watch = watchJob({
    jobId: 'the job',
    movies: 10,
    producer: producer.process,
    consumers: consumers.map(({ process }) => process),
    awsEnded: aws.promise,
    signal: signal ?? stop.signal,
    totals: totals.current,
    async isComplete() {
      reads.push('look');
      if (item.error) throw item.error;
      return item.isComplete;
    },
  });
  watch.complete.catch(() => {});
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  watch.complete.then(settle, settle);
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    return isSettled;
  };
  return { watch, producer, consumers, aws, stop, report, settled, reads, item };
}

describe('a watched job', () => {
  test('is complete when a consumer has reported this job, not another job', async () => {
    const { watch, report, settled } = start();
    report({ completed_jobs: ['another job'] });
    watch.check();
    expect(await settled()).toBe(false);
    report({ completed_jobs: ['another job', 'the job'] });
    watch.check();
    await watch.complete;
  });

  test('continues when its producer has sent everything and one consumer is left', async () => {
    const { producer, consumers, settled, stop } = start();
    producer.ends(0);
    consumers[0]?.ends(1);
    expect(await settled()).toBe(false);
    stop.abort(new Error('over'));
  });

  test.each<[number | null, ServiceExit['signal'], string | undefined, string]>([
    [1, null, 'The job was not sent', 'The producer ended with code 1: The job was not sent'],
    [70, null, undefined, 'The producer ended with code 70.'],
    [null, 'SIGKILL', undefined, 'The producer was ended by SIGKILL.'],
  ])('fails when its producer fails: %j %j', async (code, signal, problem, text) => {
    const { watch, producer } = start();
    producer.state.problem = problem;
    producer.ends(code, signal);
    await expect(watch.complete).rejects.toMatchObject({ code: 'job_failed', message: text });
  });

  test('fails when no consumer is left, and shows the last problem of one of them', async () => {
    const { watch, consumers } = start();
    const [first, second] = consumers;
    if (second) second.state.problem = 'out of memory';
    first?.ends(0);
    second?.ends(null, 'SIGKILL');
    await expect(watch.complete).rejects.toMatchObject({
      code: 'job_failed',
      message: 'No consumer is left (ended with code 0, was ended by SIGKILL): out of memory',
    });
  });

  test('is complete when its last consumer reported so before it ended', async () => {
    const { watch, consumers, report } = start();
    report({ completed_jobs: ['the job'] });
    for (const consumer of consumers) consumer.ends(0);
    await watch.complete;
  });

  test('fails with a usage error when a process refuses a setting', async () => {
    const consumers = start();
    consumers.consumers[0]?.ends(2);
    consumers.consumers[1]?.ends(0);
    await expect(consumers.watch.complete).rejects.toThrow(UsageError);
    const producer = start();
    producer.producer.ends(2);
    await expect(producer.watch.complete).rejects.toThrow(UsageError);
  });

  test('fails when the embedded AWS ends, and when Ctrl-C is pressed', async () => {
    const lost = start();
    lost.aws.resolve();
    await expect(lost.watch.complete).rejects.toThrow('The embedded AWS ended. Is there enough memory');
    const stopped = start();
    stopped.stop.abort(new Error('Ctrl-C'));
    await expect(stopped.watch.complete).rejects.toThrow('Ctrl-C');
    const early = start(AbortSignal.abort(new Error('earlier Ctrl-C')));
    await expect(early.watch.complete).rejects.toThrow('earlier Ctrl-C');
  });
});

describe('a job without progress', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const STALLED_MS = 120_000;

  test('has stalled two minutes after the last progress, and the error shows how far it was', async () => {
    const { watch, report, settled } = start();
    report({ sent_movies: 4, stored_movies: 3 });
    jest.advanceTimersByTime(STALLED_MS - 2000);
    watch.check();
    jest.advanceTimersByTime(STALLED_MS);
    expect(await settled()).toBe(false);
    // Unchanged counts mean that nothing moved.
    watch.check();
    jest.advanceTimersByTime(2000);
    await expect(watch.complete).rejects.toMatchObject({
      code: 'job_failed',
      message: expect.stringMatching(/^No progress for 2 minutes \(4 of 10 movies sent, 3 stored, 0 messages/),
    });
  });

  test('is looked up in the table once everything is stored, and is complete when the table says so', async () => {
    const { watch, report, settled, reads, item } = start();
    report({ stored_movies: 9 });
    watch.check();
    jest.advanceTimersByTime(20_000);
    expect(reads).toHaveLength(0);
    report({ stored_movies: 10 });
    watch.check();
    jest.advanceTimersByTime(2000);
    expect(reads).toHaveLength(0);
    jest.advanceTimersByTime(2000);
    expect([reads.length, await settled()]).toEqual([1, false]);
    item.isComplete = true;
    jest.advanceTimersByTime(2000);
    await watch.complete;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('fails when the table cannot be read', async () => {
    const { watch, report, item } = start();
    item.error = new Error('no table');
    report({ stored_movies: 10 });
    watch.check();
    jest.advanceTimersByTime(4000);
    await expect(watch.complete).rejects.toThrow('no table');
  });
});
