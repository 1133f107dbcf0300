// The services of a simulated world as one endpoint for the contract suite: in virtual time, without faults.

import type { Backend, Service } from '../engine/backend.ts';
import { diceOf } from '../engine/dice.ts';
import { createFaults } from '../engine/faults.ts';
import { createNetwork } from '../engine/network.ts';
import { createProcess } from '../engine/process.ts';
import { createScheduler } from '../engine/scheduler.ts';
import { clientsOf } from '../world/clients.ts';
import { createDynamoDb } from './dynamodb.ts';
import { createS3 } from './s3.ts';
import { createSqs } from './sqs.ts';

const FOR_EVER = { steps: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** Clients of the services, and their clock. */
export function createServicesEndpoint() {
  const dice = diceOf(1, 'endpoint');
  const scheduler = createScheduler(dice, () => {});
  const sqs = createSqs({ scheduler, dice });
  const dynamodb = createDynamoDb({ clock: scheduler, uuid: dice.uuid });
  const s3 = createS3({ clock: scheduler, uuid: dice.uuid });
  const process = createProcess({ name: 'contract', seed: 1, scheduler, skewMs: 0 });
  const network = createNetwork({
    seed: 1,
    scheduler,
    faults: createFaults({ seed: 1, rates: {}, budget: 0 }),
    noticesAborts: true,
    latencyMs: 1,
    stallMs: () => 0,
    crash: () => {},
    note: () => {},
    onEffect: () => {},
  });

  let pendingCount = 0;
  /** Whether the scheduler runs: one run serves all pending calls. */
  let isRunning = false;
  /** Advances virtual time until the promise is settled. */
  async function advanceTimeUntil<T>(promise: Promise<T>): Promise<T> {
    pendingCount += 1;
    if (!isRunning) {
      isRunning = true;
      void scheduler
        .run(() => pendingCount === 0, FOR_EVER)
        .finally(() => {
          isRunning = false;
        });
    }
    try {
      return await promise;
    } finally {
      pendingCount -= 1;
    }
  }

  const client = (service: Service, apply: Backend['apply']) => {
    const inner = network.client({ process, service, backend: withoutFaults(apply), timeoutMs: 60_000 });
    return {
      send: (command: { input: object }, options?: { abortSignal?: AbortSignal }) =>
        advanceTimeUntil(inner.send(command, options)),
    };
  };
  const sqsClient = client('sqs', (operation, input) => sqs.apply(operation, input, 'contract'));
  const clients = clientsOf({
    sqs: sqsClient,
    poll: sqsClient,
    dynamodb: client('dynamodb', dynamodb.apply),
    s3: client('s3', s3.apply),
  });
  return { ...clients, now: scheduler.now, sleep: (ms: number) => advanceTimeUntil(process.clock.sleep(ms)) };
}

function withoutFaults(apply: Backend['apply']): Backend {
  const failUnexpectedly = () => new Error('the contract suite asks for no faults');
  return { apply, throttlingError: failUnexpectedly, serviceError: failUnexpectedly, isDown: () => false };
}
