// The engine without HTTP: CPU time per call while a queue holds a thousand messages, and while it holds a million.
//
//     npm run file -- packages/local-aws/bench/engine.ts
//
// Measures the CPU time of this thread, garbage collection included: elapsed time depends on other programs of the
// machine.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readArgumentsOrExit } from '../../service/src/arguments.ts';
import { SqsEngine } from '../src/index.ts';
import { batchFor, DEPTHS, type Depth, QUEUE_ATTRIBUTES, QUEUE_NAME } from './filled-queue.ts';

const HELP = `Measures the CPU time of each call of the queue's engine while it holds few and many messages. It takes no options.

  npm run file -- packages/local-aws/bench/engine.ts
`;
readArgumentsOrExit({ help: HELP, options: {} });

/** The number of measured calls of each kind. */
const TOTAL = 40_000;
/** Consecutive calls of one kind: enough for a coarse CPU clock. */
const IN_A_ROW = 100;

type Kind = 'send' | 'receive' | 'delete';

function cpuMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

setFlagsFromString('--expose-gc');
// Only contexts created from now on have `gc`.
const collectGarbage: () => void = runInNewContext('gc');

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function measure(depth: Depth): Record<string, number> {
  const engine = new SqsEngine({ clock: Date });
  const heapBefore = heapUsed();
  const url = String(engine.call('CreateQueue', { QueueName: QUEUE_NAME, Attributes: QUEUE_ATTRIBUTES }).QueueUrl);
  let next = 0;
  const nextBatch = () => {
    const batch = batchFor(url, (next / 10) % depth.groups, next);
    next += 10;
    return batch;
  };
  while (next < depth.messages) engine.call('SendMessageBatch', nextBatch());
  const heapBytes = (heapUsed() - heapBefore) / depth.messages;

  const spent: Record<Kind, number> = { send: 0, receive: 0, delete: 0 };
  const inBlock = (kind: Kind, operation: string, inputs: readonly Readonly<Record<string, unknown>>[]) => {
    const started = cpuMicroseconds();
    const answers = inputs.map((input) => engine.call(operation, input));
    spent[kind] += cpuMicroseconds() - started;
    return answers;
  };
  const receiveInput = { QueueUrl: url, MaxNumberOfMessages: 10, AttributeNames: ['All'] };
  // The same number of calls of each kind in every block, so that the depth stays while old messages leave and new ones
  // arrive.
  const calls = Math.min(IN_A_ROW, depth.groups);
  for (let done = 0; done < TOTAL; done += calls) {
    const received = inBlock('receive', 'ReceiveMessage', Array(calls).fill(receiveInput));
    const deletes = received.map(({ Messages }) => ({
      QueueUrl: url,
      Entries: (Messages as { ReceiptHandle: string }[]).map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle })),
    }));
    inBlock('delete', 'DeleteMessageBatch', deletes);
    inBlock('send', 'SendMessageBatch', Array.from({ length: calls }, nextBatch));
  }
  const row: Record<string, number> = { waiting: depth.messages, groups: depth.groups };
  for (const [kind, microseconds] of Object.entries(spent))
    row[`${kind} us`] = Number((microseconds / TOTAL).toFixed(1));
  row['heap bytes/message'] = Math.round(heapBytes);
  return row;
}

measure({ messages: 1000, groups: 10 }); // warms up the compiler
console.table(DEPTHS.map(measure));
