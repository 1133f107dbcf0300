// No web page reaches a server of `movie-load up`: every kind of request that a page can make (attacks/kinds.js)
// × every target × every name of this machine, in a real browser, and pages whose name resolves to this machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { needs } from '../support/needs.ts';
import { type Attacker, startAttacker } from './attacks/attacker.ts';
import { isThrough, recordRequests } from './attacks/requests.ts';
import { startSuite } from './support/suite.ts';
import { startUp } from './support/up.ts';

type Server = 'embedded AWS' | 'console' | 'producer' | 'consumer';
interface Target {
  readonly server: Server;
  readonly path: string;
  /** For the kinds that send one. */
  readonly body: string;
}

const JOB = '{"movies":5,"movies_per_message":1,"seed":1}';
const QUEUE = 'movie-load.fifo';
const SIGNED = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00';
const TARGETS: readonly Target[] = [
  { server: 'embedded AWS', path: `/000000000000/${QUEUE}?Action=DeleteQueue`, body: 'Action=CreateQueue&QueueName=x' },
  {
    server: 'embedded AWS',
    path: `/000000000000/${QUEUE}?${SIGNED}&Action=PurgeQueue`,
    body: `${SIGNED}&Action=PurgeQueue`,
  },
  { server: 'embedded AWS', path: '/movie-bucket/by-a-page', body: 'x=y' },
  {
    server: 'embedded AWS',
    path: `/movie-bucket?delete&${SIGNED}`,
    body: '<Delete><Object><Key>a</Key></Object></Delete>',
  },
  { server: 'console', path: '/api/jobs', body: JOB },
  { server: 'console', path: '/api/dead-letters', body: '{"message_ids":["x"],"dry_run":false}' },
  { server: 'console', path: '/api/events', body: '{}' },
  { server: 'console', path: '/api/consumers', body: '{"action":"add"}' },
  { server: 'producer', path: '/jobs', body: JOB },
  { server: 'producer', path: '/metrics', body: JOB },
  { server: 'consumer', path: '/metrics', body: '{}' },
  { server: 'consumer', path: '/report', body: '{}' },
  { server: 'consumer', path: '/livez', body: '{}' },
];

/** The host names by which an attacker's page may call this machine. All resolve to it. */
const HOSTS = [
  'localhost',
  '[::ffff:127.0.0.1]',
  '0.0.0.0',
  '2130706433',
  'host.docker.internal',
  'localhost.evil.example',
];
const REBOUND = ['rebound.example'];
const RESOLVED = ['*.example', 'host.docker.internal'].map((name) => `MAP ${name} 127.0.0.1`).join(',');

const KINDS = readFileSync(join(import.meta.dirname, 'attacks/kinds.js'), 'utf8');
/** These kinds need a page that stays in the foreground, and other kinds open windows. */
const PRELOAD_KINDS = ['speculation prefetch', 'speculation prefetch redirected', 'speculation prerender'];
const SERVERS: readonly Server[] = ['embedded AWS', 'console', 'producer', 'consumer'];

needs('browser')('a request by a web page', () => {
  const requests = recordRequests();
  const { up, aws, browser } = startSuite(
    () => startUp({ consumers: 1, settings: requests.settings }),
    [`--host-resolver-rules=${RESOLVED}`],
  );
  let attacker: Attacker;
  const origins = new Map<Server, string>();
  const tried: string[] = [];

  beforeAll(async () => {
    attacker = await startAttacker();
    origins.set('embedded AWS', up().endpoint).set('console', up().url).set('producer', up().producer);
    origins.set('consumer', await consumerUrl(up().url));
    const deadLetter = { body: 'x', groupId: 'here', deduplicationId: 'to-stay' };
    expect(await (await aws().dlq()).send([deadLetter])).toEqual([]);
  });
  afterAll(async () => {
    await attacker?.close();
    requests.remove();
  });

  /** A page at `from` runs kinds of attacks (by default all) against targets, which it calls by `host`. */
  async function attack(from: string, targets: readonly Target[], { host = '127.0.0.1', kinds }: Attack = {}) {
    const context = await browser().newContext();
    // A page with the attacker's name and the server's port, as if loaded before its name resolved to this machine.
    await context.route('**/rebound', (route) => route.fulfill({ contentType: 'text/html', body: '<body>attack' }));
    const page = await context.newPage();
    await page.goto(from);
    const vectors = targets.map(({ server, path, body }) => ({
      url: `${(origins.get(server) ?? '').replace('127.0.0.1', host)}${path}`,
      body,
      tag: `${server} | ${path.slice(0, 60)} | from ${from} | as ${host}`,
    }));
    const run = `${KINDS}; attack(${JSON.stringify(vectors)}${kinds ? `, ${JSON.stringify(kinds)}` : ''})`;
    tried.push(...z.array(z.string()).parse(await page.evaluate(run)));
    await requests.settled();
    await context.close();
    await requests.settled();
    expect(requests.ofVectors().filter(isThrough)).toEqual([]);
  }

  const from = (name: string) => `http://${name}:${attacker.port}/`;
  const of = (server: Server) => TARGETS.filter((target) => target.server === server);

  test.each(SERVERS)('has no effect on the %s from another site or another port', async (server) => {
    for (const name of ['evil.example', '127.0.0.1']) await attack(from(name), of(server));
  });

  test.each(SERVERS)('cannot make the browser prefetch from the %s', async (server) => {
    await attack(from('127.0.0.1'), of(server), { kinds: PRELOAD_KINDS });
  });

  test.each(HOSTS)('has no effect when it calls this machine by the name %s', async (host) => {
    await attack(
      from('evil.example'),
      SERVERS.flatMap((server) => of(server).slice(0, 1)),
      { host },
    );
  });

  test.each(REBOUND)(
    'has no effect when the name of its site, %s, is made to resolve to this machine',
    async (host) => {
      for (const server of SERVERS) {
        const { port } = new URL(origins.get(server) ?? '');
        await attack(`http://${host}:${port}/rebound`, of(server), { host });
      }
    },
  );

  test('was really sent by many attacks, to every server, and changed nothing', async () => {
    const arrived = new Set(requests.ofVectors().map(({ vector }) => vector));
    for (const server of SERVERS) {
      const ofServer = (vectors: Iterable<string>) => [...vectors].filter((vector) => vector.startsWith(server)).length;
      if (process.env.SHOW_VECTORS)
        console.log(server, {
          tried: ofServer(tried),
          arrived: ofServer(arrived),
          through: requests.ofVectors().filter(isThrough).length,
        });
      // Fewer than were tried: some, the browser itself refuses to send.
      expect(ofServer(arrived)).toBeGreaterThan(201);
    }
    for (const kind of ['form text', 'web socket', 'beacon text', 'img redirected 302', ...PRELOAD_KINDS]) {
      expect([kind, [...arrived].some((vector) => vector.endsWith(` | ${kind}`))]).toEqual([kind, true]);
    }
    expect(await (await aws().queue()).status()).toMatchObject({ waiting: 0, inFlight: 0 });
    expect(await (await aws().dlq()).status()).toMatchObject({ waiting: 1, inFlight: 0 });
    const listed = await fetch(`${up().endpoint}/?Action=ListQueues`, {
      headers: { authorization: 'AWS4-HMAC-SHA256 x' },
    });
    expect((await listed.text()).match(/<QueueUrl>/g)).toHaveLength(2);
    const jobs = z.object({ jobs: z.array(z.unknown()) });
    expect(jobs.parse(await (await fetch(`${up().url}/api/jobs`)).json())).toMatchObject({ jobs: [] });
  });
});

interface Attack {
  readonly host?: string;
  readonly kinds?: readonly string[];
}

const overviewSchema = z.object({ consumers: z.array(z.object({ url: z.string().nullable() })) });

/** From the stream of the page's events. */
async function consumerUrl(page: string): Promise<string> {
  const answer = await fetch(`${page}/api/events`);
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    const data = /event: overview\ndata: (.*)\n/.exec(text)?.[1];
    const url = data && overviewSchema.parse(JSON.parse(data)).consumers[0]?.url;
    if (url) return url;
    if (data) text = '';
  }
  throw new Error('no consumer');
}
