// The compose file as users run it: up with three consumers, jobs to COMPLETE, the tools, stop, up again, down.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTable } from '@movie-load/aws';
import { eventually } from '@movie-load/testing';
import { z } from 'zod';
import { needs } from '../support/needs.ts';
import { orderJob } from '../support/world.ts';
import { createStack, type Stack } from './support/compose.ts';
import { docker } from './support/docker.ts';
import { EMPTY, generated, objectOf, queueOf, untilComplete, type View, viewOf } from './support/jobs.ts';
import { type JobRequest, post, postJob } from './support/producer.ts';
import { storedBy } from './support/trace.ts';

const CONSUMERS = 3;
const OWN_SERVICES = ['producer', 'consumer', 'console'];
const logLine = z.object({ msg: z.string(), job_id: z.string().optional(), object: z.string().optional() });

needs('docker')('docker compose', () => {
  let stack: Stack;
  let view: View;
  let producer: string;

  beforeAll(async () => {
    stack = await createStack('compose', { MOVIES: '1000' });
    await stack.up('--scale', `consumer=${CONSUMERS}`);
    producer = await stack.url('producer', 8081);
    view = viewOf(await stack.url('localstack', 4566));
  });
  afterAll(async () => {
    view?.clients.destroy();
    await stack?.down();
  });

  test('docker compose up --wait ends with every container healthy', async () => {
    const containers = await stack.containers();
    const services = containers.map(({ service }) => service).sort();
    expect(services.join(' ')).toBe('console consumer consumer consumer localstack producer');
    for (const container of containers) expect(container).toMatchObject({ state: 'running', health: 'healthy' });
  });

  test('the first job of MOVIES movies is stored, and the log has COMPLETE with the key of its object', async () => {
    const line = await stack.step(() =>
      eventually('a consumer logs COMPLETE', async () => (await completions(stack))[0]),
    );
    expect(line.object).toBe(`${line.job_id}.json`);
    const jobId = z.string().parse(line.job_id);
    const movies = JSON.parse(await objectText(stack, jobId)) as unknown[];
    expect(movies).toHaveLength(1000);
  });

  test('a restarted producer sends the same job again, which adds no job', async () => {
    const jobs = async () => {
      const { items } = await openTable(view.clients, view.settings.table).queryJobs({ limit: 100 });
      return items.map((item) => item.job_id?.S);
    };
    const before = await jobs();
    const sentBefore = (await sentJobIds(stack)).length;
    await stack.compose('restart', 'producer');
    const sent = await stack.step(() =>
      eventually('the producer has sent again', async () => {
        const jobIds = await sentJobIds(stack);
        return jobIds.length > sentBefore ? jobIds : undefined;
      }),
    );
    expect(new Set(sent).size).toBe(1);
    await stack.step(() =>
      eventually('the queue is empty', async () => {
        const { waiting, inFlight } = await queueOf(view, view.settings.queue);
        return waiting + inFlight === 0;
      }),
    );
    expect(await jobs()).toEqual(before);
    producer = await stack.url('producer', 8081);
    await stack.step(() => eventually('the producer answers', async () => (await fetch(`${producer}/readyz`)).ok));
  });

  test('POST /jobs accepts a job, GET /jobs/<id> shows what was sent, bad input gets one problem document', async () => {
    const bad = await post(
      producer,
      JSON.stringify({ movies: 0, movies_per_message: 'many', seed: -1, colour: 'red' }),
    );
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = JSON.stringify(await bad.json());
    for (const word of ['movies', 'movies_per_message', 'seed', 'colour']) expect(problem).toContain(word);

    const packed = await postJob(producer, { movies: 3000, movies_per_message: 'auto', seed: 11 });
    await stack.step(() => untilComplete(view, packed.job_id));
    expect(await objectOf(view, packed.job_id)).toEqual(generated(packed.plan));
    const sent = await fetch(`${producer}/jobs/${packed.job_id}`);
    expect(await sent.json()).toMatchObject({ job_id: packed.job_id, sent_movies: 3000 });
  });

  test('5,000 movies, one a message, have the generator’s bytes, and each consumer stores at least a tenth', async () => {
    const request: JobRequest = { movies: 5000, movies_per_message: 1, seed: 5 };
    const job = await postJob(producer, request);
    await stack.step(() => untilComplete(view, job.job_id));
    expect(await objectOf(view, job.job_id)).toEqual(generated(job.plan));
    const shares = await storedBy(view, job);
    expect(shares.size).toBe(CONSUMERS);
    for (const messages of shares.values()) expect(messages).toBeGreaterThanOrEqual(500);
    expect(shares.values().reduce((sum, messages) => sum + messages, 0)).toBeGreaterThanOrEqual(5000);
    await stack.step(() => eventually('nothing is left in the queue', async () => isEmpty(view)));
    expect(await queueOf(view, view.settings.dlq)).toEqual(EMPTY);
  });

  test('the console serves its page and starts jobs', async () => {
    const url = await stack.url('console', 8080);
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
    const started = await fetch(`${url}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ movies: 100, movies_per_message: 1, seed: 8 }),
    });
    const { job_id } = z.object({ job_id: z.string() }).parse(await started.json());
    await stack.step(() => untilComplete(view, job_id));
    const job = await fetch(`${url}/api/jobs/${job_id}`);
    expect([job.status, await job.text()]).toEqual([200, expect.stringContaining('COMPLETE')]);
  });

  test('docker compose run --rm producer --movies N sends one job and ends', async () => {
    const { plan, jobId, args } = orderJob({ movies: 300, seed: 3, nonce: 'one-job' });
    await stack.compose('run', '--rm', '--no-TTY', 'producer', ...args);
    await stack.step(() => untilComplete(view, jobId));
    expect(await objectOf(view, jobId)).toEqual(generated(plan));
  });

  test('docker compose run --rm movie-load <command> shows its help, lists jobs and verifies one', async () => {
    const job = await postJob(producer, { movies: 200, seed: 4 });
    await stack.step(() => untilComplete(view, job.job_id));
    const run = (...args: string[]) => stack.compose('run', '--rm', '--no-TTY', 'movie-load', ...args);
    expect(await run('--help')).toContain('movie-load');
    expect(await run('jobs', '--json')).toContain(job.job_id);
    const verified = await stack.attempt(['run', '--rm', '--no-TTY', 'movie-load', 'verify', job.job_id]);
    expect(verified).toMatchObject({ code: 0 });
  });

  test('containers have no capability and only local ports; ours are not root, on a read-only disk', async () => {
    const containers = await stack.containers();
    const text = await docker(['inspect', ...containers.map(({ id }) => id)]);
    const published: Record<string, string[]> = {};
    for (const container of inspected.parse(JSON.parse(text))) {
      const service = z.string().parse(container.Config.Labels['com.docker.compose.service']);
      const { HostConfig } = container;
      expect(HostConfig.CapDrop).toEqual(['ALL']);
      expect(HostConfig.CapAdd ?? []).toEqual([]);
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
      expect(HostConfig.Privileged).toBe(false);
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.NanoCpus).toBeGreaterThan(0);
      expect(HostConfig.RestartPolicy.Name).toBe('on-failure');
      for (const [port, bindings] of Object.entries(container.NetworkSettings.Ports)) {
        for (const { HostIp } of bindings ?? []) {
          expect(HostIp).toBe('127.0.0.1');
          published[service] = [...(published[service] ?? []), port];
        }
      }
      if (!OWN_SERVICES.includes(service)) continue;
      expect(HostConfig.ReadonlyRootfs).toBe(true);
      expect(container.Config.User).toBe('1000:1000');
      expect((await docker(['exec', container.Id, 'id', '-u'])).trim()).not.toBe('0');
    }
    expect(published).toEqual({ localstack: ['4566/tcp'], producer: ['8081/tcp'], console: ['8080/tcp'] });
  });

  test('neither image nor logs contain a secret', async () => {
    const [image] = imageInspected.parse(JSON.parse(await docker(['image', 'inspect', 'movie-load:test'])));
    expect(JSON.stringify(image.Config.Env)).not.toMatch(/AWS_|SECRET|TOKEN|PASSWORD/);
    expect(image.Config.User).toBe('1000:1000');
    expect(image.Config.Labels).toMatchObject({ 'org.opencontainers.image.title': 'movie-load' });
    expect(await stack.logs(...OWN_SERVICES)).not.toMatch(/AWS_SECRET_ACCESS_KEY|secretAccessKey|X-Amz-Signature/i);
  });

  test('docker compose stop ends each service within its grace period and with exit code 0', async () => {
    await stack.compose('stop', ...OWN_SERVICES);
    const ended = await stack.step(async () => {
      const stopped = (await stack.containers()).filter(({ service }) => OWN_SERVICES.includes(service));
      for (const { service, state, exitCode } of stopped)
        if (state !== 'exited' || exitCode !== 0) throw new Error(`${service}: ${state} ${exitCode}`);
      return stopped;
    });
    expect(ended).toHaveLength(CONSUMERS + 2);
    expect(await queueOf(view, view.settings.queue)).toEqual(EMPTY);
  });

  test('docker compose down -v leaves nothing behind, and a second up works', async () => {
    await stack.down();
    const label = `label=com.docker.compose.project=${stack.project}`;
    for (const kind of [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ]) {
      expect(await docker([...kind, '--quiet', '--filter', label])).toBe('');
    }
    await stack.up();
    await stack.step(() =>
      eventually('a consumer logs COMPLETE again', async () => (await completions(stack)).length > 0),
    );
  });
});

/** The consumers' log lines of completed jobs. */
async function completions(stack: Stack) {
  return (await logLines(stack, 'consumer')).filter(({ msg }) => msg === 'COMPLETE');
}

/** The ids of the jobs that the producer logged as being sent, oldest first. */
async function sentJobIds(stack: Stack) {
  return (await logLines(stack, 'producer')).filter(({ msg }) => msg === 'job sent').map(({ job_id }) => job_id);
}

async function logLines(stack: Stack, service: string) {
  const lines = (await stack.logs(service)).split('\n').map((line) => line.slice(line.indexOf('{')));
  return lines.filter((line) => line.startsWith('{')).map((line) => logLine.parse(JSON.parse(line)));
}

const objectText = (stack: Stack, jobId: string) =>
  stack.compose('exec', '--no-TTY', 'localstack', 'awslocal', 's3', 'cp', `s3://movie-bucket/${jobId}.json`, '-');

async function isEmpty(view: View) {
  const { waiting, inFlight, delayed } = await queueOf(view, view.settings.queue);
  return waiting + inFlight + delayed === 0;
}

const inspected = z.array(
  z.object({
    Id: z.string(),
    Config: z.object({ User: z.string(), Labels: z.record(z.string(), z.string()) }),
    HostConfig: z.object({
      CapAdd: z.array(z.string()).nullable(),
      CapDrop: z.array(z.string()),
      SecurityOpt: z.array(z.string()),
      Privileged: z.boolean(),
      ReadonlyRootfs: z.boolean(),
      Memory: z.number(),
      NanoCpus: z.number(),
      RestartPolicy: z.object({ Name: z.string() }),
    }),
    NetworkSettings: z.object({
      Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
    }),
  }),
);

const imageInspected = z.tuple([
  z.object({
    Config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
]);
