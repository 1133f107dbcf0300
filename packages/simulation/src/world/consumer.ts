// A consumer process of a simulated world: the real service, with sqs-consumer's loop, the gate and the drain, but
// without its HTTP server and its signals. The timers of sqs-consumer run on the virtual clock (`engine/timers.ts`).
import { createConsumer, createGate, drain, startPollers } from '@movie-load/consumer';
import { type Actor, createLog, portsOf } from './actors.ts';
import { pollClientOf } from './clients.ts';
import { watchReceives } from './receives.ts';

export interface RunningConsumer {
  /** Handles SIGTERM. Resolves when the process would end. */
  drain(): Promise<void>;
}

export function runConsumer(actor: Actor, onExit: (code: number, error: unknown) => void): RunningConsumer {
  const { process, world } = actor;
  const { clock, random } = process;
  const ending = new AbortController();
  const log = createLog(actor, (text) => watch.logged(text));
  const drainMs = world.drainSeconds * 1000;
  const ports = portsOf(actor);
  const consumer = createConsumer({
    ...ports,
    clock,
    random,
    instance: process.name,
    settings: {
      visibilitySeconds: world.visibilitySeconds,
      drainMs,
      minPartMovies: world.minPartMovies,
      bufferBytes: world.bufferBytes,
      pieceCharacters: world.pieceCharacters,
    },
    log,
    exit: onExit,
    signal: ending.signal,
  });
  const { sqs, dynamodb, s3 } = consumer.breakers;
  const breakers = [sqs, dynamodb];
  const watch = watchReceives(actor, { handler: consumer.handler, breakers, allBreakers: [sqs, dynamodb, s3] });
  const pollers = startPollers({
    client: pollClientOf(watch.client),
    queueUrl: ports.queue.url,
    count: world.pollers,
    visibilitySeconds: world.visibilitySeconds,
    batchSize: world.receiveMax,
    handler: watch.handler,
    gate: createGate({ pollers: world.pollers, budgetCharacters: world.budgetCharacters, breakers }),
    breaker: sqs,
    clock,
    random,
    uptimeMs: clock.now,
    log,
  });
  return {
    async drain() {
      watch.drainStarted();
      const inFlight = await drain({ consumer, pollers, drainMs, log });
      watch.drainEnded(inFlight);
      ending.abort(new Error('the process ends'));
    },
  };
}
