// The parent's side of a worker process: one task at a time, and a new process when it hangs or has grown.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, MeasuredFile, Outcome, Task } from './protocol.ts';
import { ROOT } from './reload.ts';

/** Loaded modules are never released: after this number of tasks a new process is cheaper. */
const MAX_TASKS_PER_PROCESS = 300;
const environment = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const notInherited = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'NODE_OPTIONS'];

export interface WorkerProcess {
  /**
   * Undefined when a step of the task did not end within its limit, or ended the process. `firstLimitMs` is the limit
   * until the worker announces the first step with its own limit.
   */
  run(task: Task, firstLimitMs?: number): Promise<MeasuredFile | Outcome | undefined>;
  /** Ends the process and whatever it runs. */
  close(): void;
}

export function createWorker(): WorkerProcess {
  let child: ChildProcess | undefined;
  let tasks = 0;
  let isClosed = false;

  const stop = () => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  const start = async () => {
    const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
    for (const name of notInherited) delete env[name];
    child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      cwd: ROOT,
      env,
      execArgv: ['--disable-warning=ExperimentalWarning', '--disable-warning=MaxListenersExceededWarning'],
      stdio: ['ignore', 'ignore', process.env.MUTATE_DEBUG ? 'inherit' : 'ignore', 'ipc'],
    });
    tasks = 0;
    await nextAnswer(child);
  };

  return {
    async run(task, firstLimitMs) {
      if (tasks >= MAX_TASKS_PER_PROCESS) stop();
      if (child === undefined && !isClosed) await start();
      if (child === undefined || isClosed) return undefined;
      tasks += 1;
      const answerPromise = nextAnswer(child, firstLimitMs);
      child.send(task);
      const answer = await answerPromise;
      if (answer?.kind === 'measured') return answer.measured;
      if (answer?.kind === 'tried') {
        // A hanging task would continue in the background and disturb the next one.
        if (answer.outcome.status === 'hung') stop();
        return answer.outcome;
      }
      stop();
      return undefined;
    },
    close() {
      isClosed = true;
      stop();
    },
  };
}

/** The result; undefined when a step exceeds its limit or the process ends. */
function nextAnswer(child: ChildProcess, firstLimitMs = 60_000): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  let timer: NodeJS.Timeout | undefined;
  const done = (answer?: Answer) => {
    clearTimeout(timer);
    child.off('message', onMessage);
    child.off('exit', onExit);
    resolve(answer);
  };
  const onExit = () => done();
  const wait = (limitMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(onExit, limitMs);
  };
  const onMessage = (answer: Answer) => (answer.kind === 'step' ? wait(answer.limitMs) : done(answer));
  child.on('message', onMessage);
  child.once('exit', onExit);
  wait(firstLimitMs);
  return promise;
}
