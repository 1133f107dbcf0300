// `jobs --stalled`, as an operator or a schedule runs it. The test moves the endpoint's clock instead of waiting.
import { expect, test } from '@jest/globals';
import { openQueue, systemRandom } from '@movie-load/aws';
import { createLab } from '@movie-load/local-aws';
import { sendJob } from '@movie-load/queue';
import { eventually, startService } from '@movie-load/testing';
import { tasksOf } from '../infra/rules/containers.ts';
import { cli } from '../support/cli.ts';
import { startGuardedEndpoint } from '../support/guarded-endpoint.ts';
import { permissionsOf, permissionText } from '../support/iam.ts';
import { deploy, readTemplate } from '../support/template.ts';
import { orderJob, startWorld } from '../support/world.ts';

test('a job whose producer died is stalled, exit code 1, until it is resumed', async () => {
  const lab = createLab();
  await using world = await startWorld({ lab });
  const { env } = world;
  const stalled = async (...args: string[]) => cli(['jobs', '--stalled', ...args], { env });
  const json = async () => JSON.parse((await stalled('--json')).stdout);

  const { jobId, plan } = orderJob({ movies: 100, nonce: 'died' });
  const queue = await openQueue(world.clients, world.settings.queue);
  const started_on = new Date().toISOString();
  await sendJob({ queue, plan, started_on, random: systemRandom, groups: [{ group: 0 }] });
  await using _consumer = startService('consumer', { env });
  await eventually('a group is stored', async () => (await world.jobs.job(jobId))?.done.has(0));
  await world.untilQueueIsEmpty();
  expect(await json()).toEqual({ jobs: [], stalled: 0, waiting: 0, running: 1, examined: 1, unreadable: 0 });

  lab.clock.forward(5 * 60_000);
  const { code, stdout } = await stalled();
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining(`movie-load resume ${jobId.slice(0, 8)}`),
  });

  await expectWatcherReport(env);

  expect((await cli(['resume', jobId], { env })).code).toBe(0);
  await world.untilComplete(jobId);
  expect(await stalled()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 job in all: 0 stalled, /) });
});

/** Runs the watcher's command with the watcher's policy, and expects one line with the number. */
async function expectWatcherReport(env: NodeJS.ProcessEnv): Promise<void> {
  const tasks = tasksOf(deploy(readTemplate('services'), { Image: 'image' }));
  const { Command = [] } = tasks.find((task) => task.container.Name === 'watcher')?.container ?? {};
  expect(Command).toContain('--stalled');
  const granted = permissionsOf('watcher');
  await using guarded = await startGuardedEndpoint(env.AWS_ENDPOINT_URL ?? '', granted);
  const { code, stdout } = await cli(Command, { env: { ...env, AWS_ENDPOINT_URL: guarded.endpoint } });
  expect([...guarded.denied]).toEqual([]);
  expect([...guarded.used].toSorted()).toEqual(granted.map(permissionText).toSorted());
  expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 });
  // The metric filter reads this number.
  expect(JSON.parse(stdout)).toMatchObject({ stalled: 1 });
}
