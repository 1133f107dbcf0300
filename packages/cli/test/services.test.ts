// The processes of services as this program sees them: how they are started, what they report, how they end.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { createConsumerPool } from '../src/commands/up/consumer-pool.ts';
import { runInForeground } from '../src/processes/foreground.ts';
import { type ServiceExit, type ServiceProcess, startService, stopServices } from '../src/processes/service.ts';
import { type EndingSignal, watchSignals } from '../src/signals.ts';
import { RUN_FOREVER, replaceServices, reportCommand, serviceEnvironmentFor, untilSigterm } from './fake-service.ts';

replaceServices();
watchSignals();

let printed: string;
let logged: string[];
const running: ServiceProcess[] = [];
beforeEach(() => {
  printed = '';
  logged = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  jest.spyOn(console, 'log').mockImplementation((line) => void logged.push(String(line)));
});
afterEach(() => {
  for (const one of running.splice(0)) one.kill('SIGKILL');
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const start = (env: NodeJS.ProcessEnv, more: Partial<Parameters<typeof startService>[0]> = {}) => {
  const service = startService({ service: 'consumer', name: 'consumer 1', env, log: 'keep', ...more });
  running.push(service);
  return service;
};

describe('a service', () => {
  test('runs its entry point with a heap limit and its arguments, and reports its exit code', async () => {
    const service = start(serviceEnvironmentFor('echo "$*" >&2', 'exit 3'), { args: ['--movies', '5'] });
    expect(service.exit).toBeUndefined();
    expect(await service.exited).toEqual({ code: 3, signal: null });
    expect(service.exit).toEqual({ code: 3, signal: null });
    expect(service.lastProblem()).toMatch(/^--max-old-space-size=\d+ .*services\/consumer\/src\/main\.ts --movies 5$/);
  });

  test('ends with code 1 when it cannot be started', async () => {
    const { execPath } = process;
    process.execPath = '/nowhere/node';
    const service = start({});
    process.execPath = execPath;
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(await service.url).toBeUndefined();
  });

  test('reports the address where it listens; other messages of the process are ignored', async () => {
    const reports: unknown[] = [];
    const commands = [
      `echo '{"kind":"other"}' >&$NODE_CHANNEL_FD`,
      reportCommand({}),
      reportCommand({ http_port: 8081 }),
    ];
    const service = start(serviceEnvironmentFor(...commands, RUN_FOREVER), {
      onReport: ({ http_port }) => reports.push(http_port ?? null),
    });
    expect(await service.url).toBe('http://127.0.0.1:8081');
    expect(reports).toEqual([null, 8081]);
    expect(service.report).toMatchObject({ instance: 'host-1-ab', http_port: 8081 });
    service.kill('SIGKILL');
    expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('has no URL when it ends without reporting one; its last report and log line arrive before its end', async () => {
    const service = start(serviceEnvironmentFor(reportCommand({ stored_movies: 7 }), 'echo last >&2', 'exit 0'));
    expect(await service.url).toBeUndefined();
    expect([service.report?.stored_movies, service.lastProblem()]).toEqual([7, 'last']);
  });

  test.each<[Parameters<typeof startService>[0]['log'], string]>([
    ['keep', ''],
    ['show', '{"level":"warn","msg":"look","reason":"why"}\n'],
    ['text', 'consumer 1: look (why)\n'],
  ])('has its log handled as %s, and what it prints is not in it', async (log, text) => {
    const service = start(
      serviceEnvironmentFor(`echo '{"level":"warn","msg":"look","reason":"why"}' >&2`, 'echo printed'),
      { log },
    );
    await service.exited;
    expect(printed).toBe(text);
  });

  test('delivers its standard output line by line if that is requested', async () => {
    const lines: string[] = [];
    await start(serviceEnvironmentFor('echo one', 'printf two'), { onOutput: (line) => lines.push(line) }).exited;
    expect(lines).toEqual(['one', 'two']);
  });

  test('reports a misspelt setting, once for all services', async () => {
    const line = '{"level":"warn","setting":"POLLER","msg":"POLLER is not a setting"}';
    for (let time = 0; time < 2; time += 1) await start(serviceEnvironmentFor(`echo '${line}' >&2`)).exited;
    expect(printed).toBe('movie-load: POLLER is not a setting\n');
  });
});

describe('stopping services', () => {
  /** A process that ends when the test says so. */
  function fake(exit?: ServiceExit) {
    const signals: string[] = [];
    const end = Promise.withResolvers<ServiceExit>();
    const state: { exit: ServiceExit | undefined } = { exit };
    if (exit) end.resolve(exit);
    const process = {
      get exit() {
        return state.exit;
      },
      exited: end.promise,
      kill: (signal: string) => void signals.push(signal),
    } as unknown as ServiceProcess;
    const ends = (code: number) => {
      state.exit = { code, signal: null };
      end.resolve(state.exit);
    };
    return { process, signals, ends };
  }

  test('signals the running ones, and kills those still running after the grace period', async () => {
    jest.useFakeTimers();
    const [gone, quick, slow] = [fake({ code: 0, signal: null }), fake(), fake()];
    const stopped = stopServices([gone, quick, slow].map(({ process }) => process));
    expect([gone.signals, quick.signals, slow.signals]).toEqual([[], ['SIGTERM'], ['SIGTERM']]);
    quick.ends(0);
    jest.advanceTimersByTime(3499);
    expect(slow.signals).toEqual(['SIGTERM']);
    jest.advanceTimersByTime(1);
    expect([quick.signals, slow.signals]).toEqual([['SIGTERM'], ['SIGTERM', 'SIGKILL']]);
    slow.ends(137);
    await stopped;
  });

  test('leaves no timer behind when all have ended in time', async () => {
    jest.useFakeTimers();
    const one = fake();
    const stopped = stopServices([one.process], 100);
    one.ends(0);
    await stopped;
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the consumers of `up`', () => {
  const poolOf = (...commands: readonly string[]) => {
    const over = new AbortController();
    const pool = createConsumerPool({ env: serviceEnvironmentFor(...commands), shutdownSignal: over.signal });
    const add = () => {
      const view = pool.add();
      running.push(...pool.processes().slice(-1));
      return view;
    };
    return { pool, add, over };
  };
  const exits = (processes: readonly ServiceProcess[]) => Promise.all(processes.map(({ exited }) => exited));

  test('are numbered, also in their calls to AWS, and are found by name and by instance', async () => {
    const { pool, add } = poolOf(
      `[ "$AWS_SDK_UA_APP_ID" = consumer-1 ] && ${reportCommand({ instance: 'a', http_port: 7001 })}`,
      `[ "$AWS_SDK_UA_APP_ID" = consumer-2 ] && ${reportCommand({ instance: 'b', http_port: 7002 })}`,
      RUN_FOREVER,
    );
    expect(add()).toEqual({ name: 'consumer 1', instance: null, state: 'starting', url: null, ended: null });
    add();
    expect(await pool.urls()).toEqual(['http://127.0.0.1:7001', 'http://127.0.0.1:7002']);
    expect(pool.list().map(({ name, instance, state }) => [name, instance, state])).toEqual([
      ['consumer 1', 'a', 'working'],
      ['consumer 2', 'b', 'working'],
    ]);
    expect(pool.act('b', 'pause')).toMatchObject({ name: 'consumer 2', state: 'paused' });
    expect(pool.act('consumer 2', 'resume')).toMatchObject({ state: 'working' });
    pool.act('a', 'pause');
    // A paused process can be killed, too, and stays paused until it has ended.
    expect(pool.act('consumer 1', 'kill')).toMatchObject({ state: 'paused' });
    expect(await pool.processes()[0]?.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(pool.list()).toMatchObject([
      { state: 'gone', ended: 'was ended by SIGKILL', url: 'http://127.0.0.1:7001' },
      { state: 'working' },
    ]);
    for (const name of ['consumer 1', 'a', 'consumer 3', '']) {
      expect(() => pool.act(name, 'kill')).toThrow(expect.objectContaining({ code: 'no_such_consumer' }));
    }
    expect(logged).toEqual(['consumer 1 was ended by SIGKILL; its messages go to the other consumers']);
  });

  test('report each COMPLETE job once', async () => {
    const { pool, add } = poolOf(
      reportCommand({ completed_jobs: ['job-1'] }),
      reportCommand({ completed_jobs: ['job-1', 'job-2'] }),
      'exit 0',
    );
    add();
    add();
    await exits(pool.processes());
    expect(logged.filter((line) => line.startsWith('COMPLETE'))).toEqual([
      'COMPLETE  job-1.json',
      'COMPLETE  job-2.json',
    ]);
  });

  test('reject `failed` when a setting is wrong, with what the consumer says', async () => {
    const { pool, add } = poolOf('echo "consumer: A setting is wrong" >&2', 'exit 2');
    add();
    await expect(pool.failed).rejects.toThrow(UsageError);
    await expect(pool.failed).rejects.toThrow('consumer 1: consumer: A setting is wrong');
    expect(logged).toEqual([]);
  });

  test('are reported when they fail, except for those that end with `up`', async () => {
    const { pool, add, over } = poolOf('exit 1');
    add();
    await exits(pool.processes());
    expect(logged).toEqual(['consumer 1 ended with code 1; its messages go to the other consumers']);
    over.abort();
    add();
    await exits(pool.processes());
    expect(logged).toHaveLength(1);
    expect(await pool.urls()).toEqual([]);
  });
});

describe('foreground services', () => {
  const services = (...scripts: readonly (readonly string[])[]) =>
    scripts.map((commands) => ({
      service: 'consumer' as const,
      env: serviceEnvironmentFor(...commands),
      log: 'keep' as const,
    }));
  const send = (name: EndingSignal) => process.listeners(name).at(-1)?.(name);

  test('end with the largest exit code, and the logged problem of the first that has one', async () => {
    const ends = await runInForeground(services(['exit 0'], ['echo why >&2', 'exit 70'], ['echo other >&2', 'exit 1']));
    expect(ends).toEqual({ code: 70, isInterrupted: false, problem: 'why' });
  });

  test('end with code 1 when a signal ended one of them', async () => {
    const ends = await runInForeground(services(['kill -9 $$'], ['exit 0']));
    expect(ends).toEqual({
      code: 1,
      isInterrupted: false,
      problem: 'The consumer was ended by SIGKILL. The consumer ended with code 0.',
    });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('drain after %s and end with its code', async (name, code) => {
    let reports = 0;
    const onReport = () => {
      reports += 1;
      if (reports === 2) send(name);
    };
    // Each reports once its trap for SIGTERM is set.
    const reporting = untilSigterm(0).toSpliced(1, 0, reportCommand({}));
    const two = services(reporting, reporting);
    const ends = await runInForeground(two.map((one) => ({ ...one, onReport })));
    expect(ends).toMatchObject({ code, isInterrupted: true });
  });

  test('do not wait for hanging services after a second signal', async () => {
    jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const onReport = () => {
      send('SIGINT');
      now += 1001;
      send('SIGINT');
    };
    const [hanging] = services(['trap "" TERM', reportCommand({}), 'while :; do sleep 0.05; done']);
    if (hanging === undefined) throw new Error('one service');
    const ends = await runInForeground([{ ...hanging, onReport }]);
    expect(ends).toMatchObject({ code: 130, problem: 'The consumer was ended by SIGKILL.' });
    expect(process.exit).toHaveBeenCalledWith(130);
  });
});
