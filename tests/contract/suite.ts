// The contract suite: what an AWS endpoint must do for this project, runnable against any endpoint.
//
//     contractSuite('local-aws', () => connectTo(endpoint));
//
// Cases run concurrently, each with its own queues, tables and buckets. Each has a Jest test, which waits for its
// outcome.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import type { Case, Theme, World } from './case.ts';
import { themes } from './cases/index.ts';
import type { ContractOptions, Deviation, Endpoint } from './endpoint.ts';

let counter = 0;

interface PlannedCase {
  readonly name: string;
  readonly theme: Theme;
  readonly needs: readonly string[];
  readonly run: Case['run'];
}

function plan(theme: Theme): PlannedCase[] {
  return Object.entries(theme.cases).map(([name, definition]) => {
    const { run, needs = [] } = typeof definition === 'function' ? { run: definition } : definition;
    return { name, theme, run, needs: [...theme.needs, ...needs] };
  });
}

/** A client that throws for operations that the case does not declare: the declarations decide what is skipped. */
function checkDeclared<C extends object>(service: string, client: C, planned: PlannedCase): C {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== 'send' || typeof value !== 'function') return value;
      return (command: object, ...args: unknown[]) => {
        const operation = `${service}:${command.constructor.name.replace(/Command$/, '')}`;
        if (!planned.needs.includes(operation)) {
          throw new Error(`The case '${planned.name}' calls ${operation} and does not declare it in \`needs\`.`);
        }
        return Reflect.apply(value, target, [command, ...args]);
      };
    },
  });
}

async function runCase(endpoint: Endpoint, planned: PlannedCase, slackMs: number): Promise<void> {
  const cleanUps: (() => Promise<unknown>)[] = [];
  const world: World = {
    sqs: checkDeclared('sqs', endpoint.sqs, planned),
    dynamodb: checkDeclared('dynamodb', endpoint.dynamodb, planned),
    s3: checkDeclared('s3', endpoint.s3, planned),
    slackMs,
    sleep: endpoint.sleep ?? ((ms) => sleep(ms)),
    now: endpoint.now ?? Date.now,
    unique: (suffix = '') => {
      counter += 1;
      return `movie-load-contract-${process.pid}-${Date.now().toString(36)}-${counter}${suffix}`;
    },
    afterwards: (cleanUp) => void cleanUps.push(cleanUp),
  };
  try {
    await planned.run(world);
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp().catch(() => undefined);
  }
}

/** The error of the case's test, if any: a case must pass, or fail if a deviation is named. */
export function verdict(failure: unknown, deviation: Deviation | undefined): Error | undefined {
  const failed = failure !== undefined;
  if (deviation === undefined) return failed ? toError(failure) : undefined;
  if (failed || typeof deviation === 'object') return undefined;
  return new Error(`This endpoint behaves as AWS does. Remove the deviation: ${deviation}`);
}

function titleOf(name: string, deviation: Deviation | undefined): string {
  if (deviation === undefined) return name;
  return typeof deviation === 'string'
    ? `deviates: ${name} (${deviation})`
    : `may deviate: ${name} (${deviation.sometimes})`;
}

function toError(failure: unknown): Error {
  return Error.isError(failure) ? failure : new Error(String(failure));
}

/** Declares the tests of the whole contract for one endpoint. */
export function contractSuite(
  name: string,
  connect: () => Promise<Endpoint> | Endpoint,
  options: ContractOptions = {},
): void {
  const isOffered = (planned: PlannedCase): boolean =>
    options.offers === undefined || planned.needs.every((operation) => options.offers?.includes(operation));
  const allCases = themes.flatMap(plan);
  const running = allCases.filter(isOffered);
  const outcomes = new Map<PlannedCase, PromiseWithResolvers<unknown>>();
  for (const planned of running) outcomes.set(planned, Promise.withResolvers<unknown>());

  describe(name, () => {
    let endpoint: Endpoint | undefined;

    beforeAll(async () => {
      const connected = await connect();
      endpoint = connected;
      const pending = [...running];
      const worker = async (): Promise<void> => {
        for (let planned = pending.shift(); planned !== undefined; planned = pending.shift()) {
          const outcome = outcomes.get(planned);
          await runCase(connected, planned, options.slackMs ?? 2000).then(
            () => outcome?.resolve(undefined),
            (error: unknown) => outcome?.resolve(error ?? new Error('The case failed with undefined as its error.')),
          );
        }
      };
      for (let i = 0; i < (options.concurrency ?? 24); i += 1) void worker();
    });

    afterAll(async () => {
      await endpoint?.close?.();
    });

    const names = new Set(allCases.map((planned) => planned.name));
    test('every named deviation is the name of a case', () => {
      const unknown = Object.keys(options.deviations ?? {}).filter((deviation) => !names.has(deviation));
      if (unknown.length > 0)
        throw new Error(`Deviations are named for cases that do not exist: ${unknown.join(', ')}`);
    });

    for (const theme of themes) {
      describe(theme.name, () => {
        for (const planned of allCases.filter((other) => other.theme === theme)) {
          const deviation = options.deviations?.[planned.name];
          const title = titleOf(planned.name, deviation);
          if (!isOffered(planned)) {
            test.skip(`${planned.name} [skipped: ${name} does not offer it]`, () => undefined);
            continue;
          }
          test(title, async () => {
            const problem = verdict(await outcomes.get(planned)?.promise, deviation);
            if (problem !== undefined) throw problem;
          });
        }
      });
    }
  });
}
