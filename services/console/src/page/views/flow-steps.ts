// The steps of the pipeline as arrows: from where to where, and which AWS calls happen there.
export type Who = 'producer' | 'consumer' | 'console';

export interface Step {
  readonly id: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** The arrow's way in the drawing, and where its count is. */
  readonly path: string;
  readonly label: readonly [x: number, y: number];
  readonly who: Who;
  readonly calls: readonly string[];
  readonly says: string;
}

export const STEPS: readonly Step[] = [
  {
    id: 'send',
    title: '1. Send',
    from: 'Producer',
    to: 'Queue',
    path: 'M170,200 H248',
    label: [208, 170],
    who: 'producer',
    calls: ['sqs:SendMessageBatch'],
    says: 'Movies are generated lazily, packed into messages and sent in batches of ten. A group’s messages keep their order; a batch entry that fails is sent again before the group goes on.',
  },
  {
    id: 'receive',
    title: '2. Receive',
    from: 'Queue',
    to: 'Consumers',
    path: 'M430,182 H518',
    label: [480, 154],
    who: 'consumer',
    calls: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibilityBatch'],
    says: 'A long poll takes up to ten messages. While a group’s messages are in flight, no other consumer gets the rest of it. A heartbeat holds them; if the consumer dies they come back.',
  },
  {
    id: 'store',
    title: '3. Store',
    from: 'Consumers',
    to: 'DynamoDB',
    path: 'M690,176 C735,176 735,84 778,84',
    label: [704, 104],
    who: 'consumer',
    calls: ['dynamodb:BatchWriteItem'],
    says: 'Consecutive movies become one item of at most 400 KB, a slice. Its movies follow from its key, so writing it twice changes nothing (the drawing counts it twice).',
  },
  {
    id: 'count',
    title: '4. Count',
    from: 'Consumers',
    to: 'DynamoDB',
    path: 'M690,198 C756,198 750,116 778,116',
    label: [790, 172],
    who: 'consumer',
    calls: ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
    says: 'Only then the message numbers are added to the group’s ledger: a set, so a repeat changes nothing. A consumer that finds a set full goes on to its parent, up to the job.',
  },
  {
    id: 'assemble',
    title: '5. Assemble',
    from: 'Consumers',
    to: 'S3',
    path: 'M690,226 C740,226 740,320 778,320',
    label: [696, 296],
    who: 'consumer',
    calls: [
      'dynamodb:Query',
      's3:PutObject',
      's3:CreateMultipartUpload',
      's3:UploadPart',
      's3:CompleteMultipartUpload',
      's3:AbortMultipartUpload',
    ],
    says: 'The consumer that finds the root full streams all slices from DynamoDB into one object, in index order, then sets the job COMPLETE.',
  },
  {
    id: 'delete',
    title: '6. Delete',
    from: 'Consumers',
    to: 'Queue',
    path: 'M530,222 H442',
    label: [482, 242],
    who: 'consumer',
    calls: ['sqs:DeleteMessageBatch'],
    says: 'Last of all the messages are deleted. A crash anywhere before this line means: they come again, and every step is repeated with the same result.',
  },
  {
    id: 'dead-letter',
    title: 'Dead-letter',
    from: 'Consumers',
    to: 'Dead-letter queue',
    path: 'M580,240 C580,352 520,352 442,352',
    label: [624, 332],
    who: 'consumer',
    calls: ['sqs:SendMessageBatch', 'sqs:SendMessage'],
    says: 'A message that can never succeed goes here at once, with the reason, and its group goes on. SQS itself moves a message here after ten receives.',
  },
  {
    id: 'redrive',
    title: 'Redrive',
    from: 'Dead-letter queue',
    to: 'Queue',
    path: 'M320,318 V252',
    label: [276, 288],
    who: 'console',
    calls: ['sqs:ReceiveMessage', 'sqs:SendMessageBatch', 'sqs:DeleteMessageBatch'],
    says: 'A person sends messages back: receive, send with a fresh deduplication id and the original group, only then delete. The figures are those of this console, with the messages that Resume sent.',
  },
];

export interface CallRow {
  readonly operation: string;
  readonly calls: number;
  /** Null: AWS bills it by units, not by the call. */
  readonly usd: number | null;
}

export interface Figures {
  readonly calls: Readonly<Record<Who, Readonly<Record<string, number>> | null>>;
  readonly write_units: number;
  readonly read_units: number;
}

export interface PriceList {
  readonly usd_per_call: Readonly<Record<string, number>>;
  readonly usd_per_write_unit: number;
  readonly usd_per_read_unit: number;
}

/** How often a step's calls were made so far and what they cost; null when its service does not tell. */
export function callsOf(step: Step, { calls }: Figures, prices: PriceList | undefined): readonly CallRow[] | null {
  const made = calls[step.who];
  if (made === null) return null;
  return step.calls.map((operation) => {
    const n = made[operation] ?? 0;
    const price = prices?.usd_per_call[operation];
    return { operation, calls: n, usd: price === undefined ? null : n * price };
  });
}

export const total = (rows: readonly CallRow[]): number => rows.reduce((sum, { calls }) => sum + calls, 0);
