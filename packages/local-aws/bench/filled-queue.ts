// A FIFO queue with a given number of waiting messages, the same for every benchmark.

const BODY = JSON.stringify({
  movies: [{ movie_id: '0'.repeat(36), title: 'A Film About Nothing', year: 1999 }],
});
export const QUEUE_NAME = 'bench.fifo';
export const QUEUE_ATTRIBUTES = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
  VisibilityTimeout: '600',
};

/** A measured depth: this many messages in this many groups. */
export interface Depth {
  readonly messages: number;
  readonly groups: number;
}

export const DEPTHS: readonly Depth[] = [
  { messages: 1000, groups: 10 },
  { messages: 100_000, groups: 1000 },
  { messages: 1_000_000, groups: 10_000 },
];

/** One `SendMessageBatch` with ten messages for one group; ids are numbered from `first`. */
export function batchFor(QueueUrl: string, group: number, first: number): Readonly<Record<string, unknown>> {
  return {
    QueueUrl,
    Entries: Array.from({ length: 10 }, (_, i) => ({
      Id: String(i),
      MessageBody: BODY,
      MessageGroupId: `0b7f4c1e-5a39-4d0c-9c7e-2f6a8f1b3d55#${group}`,
      MessageDeduplicationId: `0b7f4c1e#${group}#${first + i}#1795600503`,
    })),
  };
}
