// The consumers of `up`, which can be added, paused and killed. Ended consumers stay in the list.
import type { ControlledConsumer } from '@movie-load/operations/control';
import { EXIT, MovieLoadError, UsageError } from '@movie-load/schema';
import { describeExit, type ServiceProcess, startService } from '../../processes/service.ts';

export interface ConsumerPool {
  add(): ControlledConsumer;
  /** Sends SIGKILL, SIGSTOP or SIGCONT. Throws `MovieLoadError` `no_such_consumer`. */
  act(consumer: string, action: 'kill' | 'pause' | 'resume'): ControlledConsumer;
  list(): ControlledConsumer[];
  processes(): ServiceProcess[];
  /** The URLs of the running consumers, once each has reported or ended. */
  urls(): Promise<string[]>;
  /** Never resolves. Rejects with `UsageError` when a consumer refuses its settings, which all consumers share. */
  readonly failed: Promise<never>;
}

/** How the services' log is printed: as text for people, or unchanged if LOG_LEVEL is set. */
export const LOG_MODE = process.env.LOG_LEVEL ? 'show' : 'text';

const SIGNALS = { kill: 'SIGKILL', pause: 'SIGSTOP', resume: 'SIGCONT' } as const;

interface Entry {
  readonly process: ServiceProcess;
  isPaused: boolean;
}

export function createConsumerPool({
  env,
  shutdownSignal,
}: {
  env: NodeJS.ProcessEnv;
  shutdownSignal: AbortSignal;
}): ConsumerPool {
  const entries: Entry[] = [];
  const reportedJobs = new Set<string>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Prevents an unhandled rejection: not every caller waits for it.
  failed.catch(() => undefined);

  function add(): ControlledConsumer {
    const number = entries.length + 1;
    const process = startService({
      service: 'consumer',
      name: `consumer ${number}`,
      // Names the caller to the embedded AWS, which reads it from the SDK's User-Agent.
      env: { ...env, AWS_SDK_UA_APP_ID: `consumer-${number}` },
      log: LOG_MODE,
      onReport(report) {
        for (const job of report.completed_jobs) {
          if (!reportedJobs.has(job)) console.log(`COMPLETE  ${job}.json`);
          reportedJobs.add(job);
        }
      },
    });
    const entry: Entry = { process, isPaused: false };
    entries.push(entry);
    void process.exited.then((exit) => {
      if (exit.code === EXIT.usage)
        reject(new UsageError(`${process.name}: ${process.lastProblem() ?? describeExit(exit)}`));
      else if (!shutdownSignal.aborted)
        console.log(`${process.name} ${describeExit(exit)}; its messages go to the other consumers`);
    });
    return toControlledConsumer(entry);
  }

  return {
    add,
    failed,
    act(consumer, action) {
      const entry = entries.find(({ process }) => process.name === consumer || process.report?.instance === consumer);
      if (entry === undefined || entry.process.exit !== undefined) {
        throw new MovieLoadError('no_such_consumer', `No running consumer is called ${JSON.stringify(consumer)}.`);
      }
      entry.process.kill(SIGNALS[action]);
      if (action !== 'kill') entry.isPaused = action === 'pause';
      return toControlledConsumer(entry);
    },
    list: () => entries.map(toControlledConsumer),
    processes: () => entries.map(({ process }) => process),
    async urls() {
      const urls = await Promise.all(entries.map(({ process }) => process.url));
      return urls.filter((url) => url !== undefined);
    },
  };
}

function toControlledConsumer({ process, isPaused }: Entry): ControlledConsumer {
  const { report, exit, name } = process;
  const state = exit !== undefined ? 'gone' : isPaused ? 'paused' : report === undefined ? 'starting' : 'working';
  return {
    name,
    instance: report?.instance ?? null,
    state,
    url: report?.http_port === undefined ? null : `http://127.0.0.1:${report.http_port}`,
    ended: exit === undefined ? null : describeExit(exit),
  };
}
