// The endpoint of a measurement in its own process: the embedded AWS, which counts its calls and can be as slow as AWS
// over a network. `endpoint.ts` starts it and sends its requests over IPC; its first message is the endpoint.
import { setTimeout as delay } from 'node:timers/promises';
import { startLocalAws } from '@movie-load/local-aws';
import { z } from 'zod';
import { ownCpuSeconds } from './own-cpu.ts';
import { createRecorder } from './recorder.ts';

/** Delay of responses in milliseconds by service (`{ "sqs": 15 }`). A long poll's wait is not prolonged. */
const delaysSchema = z.record(z.string(), z.number().min(0));
const delays = delaysSchema.parse(JSON.parse(process.argv[2] ?? '{}'));

const recorder = createRecorder();
const receiveHold = createHold();
/** Milliseconds from sent to deleted of each message since the reset. */
let latencies: number[] = [];
let s3UnreachableUntil = 0;
const isSlow = Object.keys(delays).length > 0;
const aws = await startLocalAws({
  onDeleted: ({ sentOn }, now) => void latencies.push(now - sentOn),
  faults: {
    before: (operation) => {
      recorder.record(operation);
      return operation.startsWith('s3:') && performance.now() < s3UnreachableUntil ? 'reset' : undefined;
    },
    delayMs: (operation) =>
      (isSlow ? (delays[operation.split(':')[0] ?? ''] ?? 0) : 0) + receiveHold.delayMs(operation),
  },
});

const requestSchema = z.union([
  z.enum(['read', 'reset', 'latencies', 'hold-end']),
  z.object({ holdMs: z.number() }),
  z.object({ s3UnreachableMs: z.number() }),
]);

process.on('message', (message) => {
  const request = requestSchema.parse(message);
  if (request === 'hold-end') {
    void receiveHold.ended().then((held) => process.send?.({ held }));
    return;
  }
  if (request === 'latencies') {
    process.send?.({ latencies });
    return;
  }
  if (request === 'reset') {
    recorder.reset();
    latencies = [];
  }
  if (typeof request === 'object' && 'holdMs' in request) receiveHold.begin(request.holdMs);
  if (typeof request === 'object' && 's3UnreachableMs' in request)
    s3UnreachableUntil = performance.now() + request.s3UnreachableMs;
  process.send?.({ records: recorder.read(), cpu_seconds: ownCpuSeconds() });
});
process.on('disconnect', () => process.exit());
process.send?.({ endpoint: aws.endpoint });

/**
 * Makes receives wait for a period that the first one starts, so that processes that start one by one begin together.
 */
function createHold() {
  let holdMs = 0;
  let until: number | undefined;
  let held = 0;
  const ended = Promise.withResolvers<number>();
  return {
    begin(ms: number): void {
      holdMs = ms;
    },
    delayMs(operation: string): number {
      if (holdMs === 0 || operation !== 'sqs:ReceiveMessage') return 0;
      const now = performance.now();
      if (until === undefined) {
        until = now + holdMs;
        void delay(holdMs).then(() => ended.resolve(held));
      }
      if (until > now) held += 1;
      return Math.max(0, until - now);
    },
    /** Resolves at the end of the period to the number of receives that waited. */
    ended: (): Promise<number> => ended.promise,
  };
}
