// The endpoint of a measurement, in a process of its own: the embedded AWS, which counts what is asked of it and can be
// as slow as AWS over a network. Started by `measure.ts` over IPC; its first message is the endpoint.
import { startLocalAws } from '@movie-load/local-aws';
import { z } from 'zod';
import { createRecorder } from './recorder.ts';

/** Milliseconds by service (`{ "sqs": 15 }`): an answer comes so much later. A long poll's wait is not prolonged. */
const delaysSchema = z.record(z.string(), z.number().min(0));
const delays = delaysSchema.parse(JSON.parse(process.argv[2] ?? '{}'));

const recorder = createRecorder();
/** Milliseconds from sent to deleted, of each message since the reset. */
let latencies: number[] = [];
const aws = await startLocalAws({
  onDeleted: ({ sentOn }, now) => void latencies.push(now - sentOn),
  faults: {
    before: (operation) => {
      recorder.record(operation);
      return undefined;
    },
    ...(Object.keys(delays).length > 0 && {
      delayMs: (operation: string) => delays[operation.split(':')[0] ?? ''] ?? 0,
    }),
  },
});

process.on('message', (wish) => {
  if (wish === 'reset') {
    recorder.reset();
    latencies = [];
  }
  if (wish === 'latencies') {
    process.send?.({ latencies });
    return;
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ records: recorder.read(), cpu_seconds: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit());
process.send?.({ endpoint: aws.endpoint });
