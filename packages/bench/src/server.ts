// The endpoint of a measurement in its own process: the embedded AWS, which counts its calls and can be as slow as AWS
// over a network. `measure.ts` starts it over IPC; its first message is the endpoint.
import { setTimeout as delay } from 'node:timers/promises';
import { startLocalAws } from '@movie-load/local-aws';
import { z } from 'zod';
import { ownCpuSeconds } from './own-cpu.ts';
import { createRecorder } from './recorder.ts';

/** Delay of responses in milliseconds by service (`{ "sqs": 15 }`). A long poll's wait is not prolonged. */
const delaysSchema = z.record(z.string(), z.number().min(0));
const delays = delaysSchema.parse(JSON.parse(process.argv[2] ?? '{}'));

const recorder = createRecorder();
const hold = createHold();
/** Milliseconds from sent to deleted of each message since the reset. */
let latencies: number[] = [];
let s3AwayUntil = 0;
const isSlow = Object.keys(delays).length > 0;
const aws = await startLocalAws({
  onDeleted: ({ sentOn }, now) => void latencies.push(now - sentOn),
  faults: {
    before: (operation) => {
      recorder.record(operation);
      return operation.startsWith('s3:') && performance.now() < s3AwayUntil ? 'reset' : undefined;
    },
    delayMs: (operation) => (isSlow ? (delays[operation.split(':')[0] ?? ''] ?? 0) : 0) + hold.delayMs(operation),
  },
});

const requestSchema = z.union([
  z.enum(['read', 'reset', 'latencies', 'open']),
  z.object({ holdMs: z.number() }),
  z.object({ s3AwayMs: z.number() }),
]);

process.on('message', (message) => {
  const request = requestSchema.parse(message);
  if (request === 'open') {
    void hold.opened().then((held) => process.send?.({ held }));
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
  if (typeof request === 'object' && 'holdMs' in request) hold.begin(request.holdMs);
  if (typeof request === 'object' && 's3AwayMs' in request) s3AwayUntil = performance.now() + request.s3AwayMs;
  process.send?.({ records: recorder.read(), cpu_seconds: ownCpuSeconds() });
});
process.on('disconnect', () => process.exit());
process.send?.({ endpoint: aws.endpoint });

/** Delays receives for a moment after the first, so that processes that start one after the other begin together. */
function createHold() {
  let forMs = 0;
  let until: number | undefined;
  let held = 0;
  const over = Promise.withResolvers<number>();
  return {
    begin(ms: number): void {
      forMs = ms;
    },
    delayMs(operation: string): number {
      if (forMs === 0 || operation !== 'sqs:ReceiveMessage') return 0;
      const now = performance.now();
      if (until === undefined) {
        until = now + forMs;
        void delay(forMs).then(() => over.resolve(held));
      }
      if (until > now) held += 1;
      return Math.max(0, until - now);
    },
    /** Resolves at that moment to the number of receives that waited. */
    opened: (): Promise<number> => over.promise,
  };
}
