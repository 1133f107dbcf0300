// Ctrl-C and SIGTERM at a random moment of every command that works on an endpoint: it ends by the signal's code (or
// had finished), and leaves no files, no uploads, no invisible messages and no processes.
//
// INTERRUPTS=20 interrupts each command 20 times; INTERRUPT_SEED gives other moments.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type OpenQueue, openQueue, systemRandom } from '@movie-load/aws';
import { eventually, type RunningProcess, sendMessages, startService } from '@movie-load/testing';
import { groupIsGone, signalGroup, startCli } from '../support/cli.ts';
import { type DistantEndpoint, startDistantEndpoint } from '../support/distant-endpoint.ts';
import { root } from '../support/repository.ts';
import { orderJob, startWorld, type World } from '../support/world.ts';

const INTERRUPTS_PER_COMMAND = Number(process.env.INTERRUPTS ?? 1);
const SEED = Number(process.env.INTERRUPT_SEED ?? 1);
const MINUTE_MS = 60_000;
const DEAD_LETTERS = 60;
const MAX_DELAY_MS = 15;
/** The latest signal, in ms after the start: about the time that most commands take here. */
const MAX_SIGNAL_DELAY_MS = 1200;
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** A job whose object has two parts. */
const job = orderJob({ movies: 70_000, moviesPerMessage: 400, seed: 8, nonce: 'interrupt' });
const short = job.jobId.slice(0, 8);

let world: World;
let distant: DistantEndpoint;
let queue: OpenQueue;
let dlq: OpenQueue;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  world = await startWorld();
  distant = await startDistantEndpoint(world.env.AWS_ENDPOINT_URL ?? '', () => Math.random() * MAX_DELAY_MS);
  env = { ...world.env, AWS_ENDPOINT_URL: distant.endpoint };
  folder = await mkdtemp(join(tmpdir(), 'movie-load-interrupt-'));
  queue = await openQueue(world.clients, world.settings.queue);
  dlq = await openQueue(world.clients, world.settings.dlq);
  const consumer = startService('consumer', { env: world.env });
  await startService('producer', { env: world.env, args: job.args }).ended;
  await world.untilComplete(job.jobId);
  await world.untilQueueIsEmpty();
  consumer.kill('SIGTERM');
  await consumer.ended;
});
afterAll(async () => {
  await distant[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

let running: RunningProcess | undefined;
afterEach(async () => {
  if (running && !groupIsGone(running)) signalGroup(running, 'SIGKILL');
  await running?.ended;
  running = undefined;
});

async function fillDeadLetters() {
  const { waiting } = await dlq.status();
  const deadLetters = Array.from({ length: DEAD_LETTERS - waiting }, (_, index) => {
    const id = systemRandom.uuid();
    return { body: `dead letter ${index}`, groupId: id, deduplicationId: id };
  });
  await sendMessages(dlq, deadLetters);
  expect((await dlq.status()).waiting).toBe(DEAD_LETTERS);
}

async function damageObject() {
  const where = { Bucket: world.settings.bucket, Key: `${job.jobId}.json` };
  await world.clients.s3.send(new PutObjectCommand({ ...where, Body: '[]' }));
}

async function restoreObject() {
  await world.jobs.repair(job.jobId);
}

interface Case {
  readonly args: readonly string[];
  /** The exit code when the command ends before the signal. Default: 0. */
  readonly code?: number;
  readonly prepare?: () => Promise<void>;
}

const cases: Case[] = [
  { args: ['jobs'] },
  { args: ['job', short] },
  { args: ['movies', short] },
  { args: ['movies', short, '--grep', 'night', '--json'] },
  { args: ['download', short], prepare: restoreObject },
  { args: ['verify', short], prepare: restoreObject },
  { args: ['repair', short], prepare: damageObject },
  { args: ['repair', short, '--json'], prepare: restoreObject },
  { args: ['resume', short, '--dry-run'] },
  { args: ['resume', short, '--thorough'] },
  { args: ['queue'] },
  { args: ['queue', 'peek', '--dlq', '--max', '100'], prepare: fillDeadLetters },
  { args: ['queue', 'purge'], code: 2 },
  { args: ['tables'] },
  { args: ['buckets'] },
  { args: ['watch', '--times', '2'] },
  { args: ['dlq', 'ls'], prepare: fillDeadLetters },
  { args: ['dlq', 'show', 'ffffffff'], code: 1, prepare: fillDeadLetters },
  { args: ['dlq', 'redrive', '--dry-run'], prepare: fillDeadLetters },
  { args: ['dlq', 'redrive'], prepare: fillDeadLetters },
  { args: ['dlq', 'purge'], code: 2, prepare: fillDeadLetters },
  { args: ['dlq', 'purge', '--yes'], prepare: fillDeadLetters },
  { args: ['setup'] },
  { args: ['produce', '--movies', '2000', '--seed', '1'] },
];

/** True once the process handles signals. Only Linux shows this; elsewhere the test waits for a while. */
async function catchesSignals({ pid }: RunningProcess): Promise<boolean> {
  if (process.platform !== 'linux') return delay(500, true);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)?.[1] ?? '0'}`);
  // The handler of SIGHUP (signal 1) is installed last. An ended process has no status.
  return status === '' || (caught & 1n) === 1n;
}

/** Numbers from 0 to 1, the same for each seed. https://en.wikipedia.org/wiki/Linear_congruential_generator */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = BigInt(seed); ; ) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    yield Number(state >> 32n) / 2 ** 32;
  }
}

const summaryLines: string[] = [];
afterAll(() => {
  if (INTERRUPTS_PER_COMMAND > 1) process.stderr.write(`${summaryLines.join('\n')}\n`);
});

test.each(cases)(
  'a signal ends $args at a random moment and leaves no process, no file, no upload and no hidden message',
  async ({ args, code: normalCode = 0, prepare }) => {
    const random = randomNumbers(SEED + cases.findIndex((one) => one.args === args));
    const ends = new Map<number, number>();
    for (let time = 0; time < INTERRUPTS_PER_COMMAND; time += 1) {
      await prepare?.();
      const commandArgs = args[0] === 'download' ? [...args, '--out', folder] : args;
      const name = random.next().value < 0.5 ? 'SIGINT' : 'SIGTERM';
      const delayMs = random.next().value * MAX_SIGNAL_DELAY_MS;
      const cli = startCli(commandArgs, { env });
      running = cli;
      await eventually('it listens to signals', () => catchesSignals(cli));
      await Promise.race([delay(delayMs), cli.ended]);
      if (!groupIsGone(cli)) signalGroup(cli, name);
      const end = await cli.ended;
      // Node removes its handlers some milliseconds before the process ends; everything was printed by then.
      const isPrinted = end.signal === name && cli.stdout() + cli.stderr() !== '';
      const code = isPrinted ? SIGNALS[name] : end.code;
      const description = `${commandArgs.join(' ')} by ${name} after ${delayMs.toFixed(0)} ms: ${JSON.stringify(end)} ${cli.stderr()}`;
      expect({ description, isExpected: code === normalCode || code === SIGNALS[name] }).toEqual({
        description,
        isExpected: true,
      });
      expect({ description, leftovers: await leftoversOf(cli) }).toEqual({ description, leftovers: NO_LEFTOVERS });
      ends.set(code ?? -1, (ends.get(code ?? -1) ?? 0) + 1);
    }
    summaryLines.push(
      `${args.join(' ').replace(short, '<id>')}: ${[...ends].map(([code, times]) => `${times} × ${code}`).join(', ')}`,
    );
  },
  (20 + INTERRUPTS_PER_COMMAND) * MINUTE_MS,
);

const NO_LEFTOVERS = { processes: false, partial: [], uploads: 0, invisible: 0 };

async function leftoversOf(cli: RunningProcess) {
  const { Uploads = [] } = await world.clients.s3.send(
    new ListMultipartUploadsCommand({ Bucket: world.settings.bucket }),
  );
  const files = await readdir(folder);
  const completeFiles = files.filter((file) => file === `${job.jobId}.json`);
  for (const file of completeFiles)
    expect((await readFile(join(folder, file))).equals(await world.object(job.jobId))).toBe(true);
  await rm(join(folder, `${job.jobId}.json`), { force: true });
  return {
    processes: !groupIsGone(cli),
    partial: files.filter((file) => !completeFiles.includes(file)),
    uploads: Uploads.length,
    invisible: (await dlq.status()).inFlight + (await queue.status()).inFlight,
  };
}

test('Ctrl-C ends a command whose pager has stopped reading', async () => {
  const command = ['packages/cli/src/main.ts', 'movies', short];
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  // The reader reads one chunk, and nothing more.
  await once(child.stdout, 'readable');
  child.stdout.read(1);
  await delay(500);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
});

test('a second Ctrl-C ends a command at once, although the endpoint does not answer', async () => {
  await fillDeadLetters();
  const cli = startCli(['verify', short], { env });
  running = cli;
  await eventually('it listens to signals', () => catchesSignals(cli));
  distant.hang();
  // Signals that a busy process reads within a second of each other count as one: then a third one is the second.
  while (!groupIsGone(cli)) {
    signalGroup(cli, 'SIGINT');
    await Promise.race([delay(1100), cli.ended]);
  }
  expect(await cli.ended).toEqual({ code: 130, signal: null });
});
