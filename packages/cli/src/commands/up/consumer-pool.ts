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
  /** Rejects with `UsageError` when a consumer's settings are wrong, which are the same for all. Never resolves. */
  readonly wrong: Promise<never>;
}

/** How to print the services' log: as text for people, or unchanged if LOG_LEVEL is set. */
export const LOG = process.env.LOG_LEVEL ? 'show' : 'text';

const SIGNALS = { kill: 'SIGKILL', pause: 'SIGSTOP', resume: 'SIGCONT' } as const;

interface Entry {
  readonly process: ServiceProcess;
  paused: boolean;
}

export function createConsumerPool({ env, quiet }: { env: NodeJS.ProcessEnv; quiet: AbortSignal }): ConsumerPool {
  const entries: Entry[] = [];
  const seenJobs = new Set<string>();
  const { promise: wrong, reject } = Promise.withResolvers<never>();
  // Prevents an unhandled rejection: not every caller waits for it.
  wrong.catch(() => undefined);

  function add(): ControlledConsumer {
    const number = entries.length + 1;
    const process = startService({
      service: 'consumer',
      name: `consumer ${number}`,
      // Names the caller to the embedded AWS, which reads it from the SDK's User-Agent.
      env: { ...env, AWS_SDK_UA_APP_ID: `consumer-${number}` },
      log: LOG,
      onReport(report) {
        for (const job of report.completed_jobs) {
          if (!seenJobs.has(job)) console.log(`COMPLETE  ${job}.json`);
          seenJobs.add(job);
        }
      },
    });
    const entry: Entry = { process, paused: false };
    entries.push(entry);
    void process.exited.then((exit) => {
      if (exit.code === EXIT.usage)
        reject(new UsageError(`${process.name}: ${process.complaint() ?? describeExit(exit)}`));
      else if (!quiet.aborted)
        console.log(`${process.name} ${describeExit(exit)}; its messages go to the other consumers`);
    });
    return view(entry);
  }

  return {
    add,
    wrong,
    act(consumer, action) {
      const entry = entries.find(({ process }) => process.name === consumer || process.report?.instance === consumer);
      if (entry === undefined || entry.process.exit !== undefined) {
        throw new MovieLoadError('no_such_consumer', `No running consumer is called ${JSON.stringify(consumer)}.`);
      }
      entry.process.kill(SIGNALS[action]);
      if (action !== 'kill') entry.paused = action === 'pause';
      return view(entry);
    },
    list: () => entries.map(view),
    processes: () => entries.map(({ process }) => process),
    async urls() {
      const urls = await Promise.all(entries.map(({ process }) => process.url));
      return urls.filter((url) => url !== undefined);
    },
  };
}

function view({ process, paused }: Entry): ControlledConsumer {
  const { report, exit, name } = process;
  const state = exit !== undefined ? 'gone' : paused ? 'paused' : report === undefined ? 'starting' : 'working';
  return {
    name,
    instance: report?.instance ?? null,
    state,
    url: report?.http_port === undefined ? null : `http://127.0.0.1:${report.http_port}`,
    ended: exit === undefined ? null : describeExit(exit),
  };
}
