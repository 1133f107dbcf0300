// The steps of the pipeline, which the drawing shows as arrows: their ends, and the AWS calls that they make. Pure.
import type { JobView, Prices } from '../../api.ts';
import type { StepId } from './flow-layout.ts';

export type Caller = 'producer' | 'consumer' | 'console';

export interface Step {
  readonly id: StepId;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly caller: Caller;
  readonly calls: readonly string[];
  readonly description: string;
}

export const STEPS: readonly Step[] = [
  {
    id: 'send',
    title: '1. Send',
    from: 'Producer',
    to: 'Queue',
    caller: 'producer',
    calls: ['sqs:SendMessageBatch'],
    description:
      'Movies are generated lazily, packed into messages and sent in batches of ten. A group’s messages keep their order; a batch entry that fails is sent again before the group continues.',
  },
  {
    id: 'receive',
    title: '2. Receive',
    from: 'Queue',
    to: 'Consumers',
    caller: 'consumer',
    calls: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibilityBatch'],
    description:
      'A long poll takes up to ten messages. While a group’s messages are in flight, no other consumer gets the rest of it. A heartbeat keeps them invisible; if the consumer dies, they are delivered again after their visibility timeout.',
  },
  {
    id: 'store',
    title: '3. Store',
    from: 'Consumers',
    to: 'DynamoDB',
    caller: 'consumer',
    calls: ['dynamodb:BatchWriteItem'],
    description:
      'Consecutive movies become one item of at most 400 KB, a slice. Its movies follow from its key, so writing it again changes nothing.',
  },
  {
    id: 'count',
    title: '4. Count',
    from: 'Consumers',
    to: 'DynamoDB',
    caller: 'consumer',
    calls: ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
    description:
      'Only then the message numbers are added to the group’s ledger: a set, so a repeat changes nothing. A consumer that finds a set full continues with its parent, up to the job.',
  },
  {
    id: 'read',
    title: '5. Read',
    from: 'DynamoDB',
    to: 'Consumers',
    caller: 'consumer',
    calls: ['dynamodb:Query'],
    description: 'The consumer that finds a part of the object full reads its slices, in index order.',
  },
  {
    id: 'assemble',
    title: '6. Assemble',
    from: 'Consumers',
    to: 'S3',
    caller: 'consumer',
    calls: [
      's3:PutObject',
      's3:CreateMultipartUpload',
      's3:UploadPart',
      's3:ListParts',
      's3:CompleteMultipartUpload',
      's3:AbortMultipartUpload',
    ],
    description:
      'What was read becomes a part of the object, or the whole of a small one. The consumer that finds the root full completes the object, then sets the job COMPLETE.',
  },
  {
    id: 'delete',
    title: '7. Delete',
    from: 'Consumers',
    to: 'Queue',
    caller: 'consumer',
    calls: ['sqs:DeleteMessageBatch'],
    description:
      'The messages are deleted last. After a crash anywhere before this step they are delivered again, and every step is repeated with the same result.',
  },
  {
    id: 'dead-letter',
    title: 'Dead-letter',
    from: 'Consumers',
    to: 'Dead-letter queue',
    caller: 'consumer',
    calls: ['sqs:SendMessageBatch'],
    description:
      'A message that can never succeed goes here at once, with the reason, and its group continues. SQS itself moves a message here after ten receives.',
  },
  {
    id: 'redrive',
    title: 'Redrive',
    from: 'Dead-letter queue',
    to: 'Queue',
    caller: 'console',
    calls: ['sqs:ReceiveMessage', 'sqs:SendMessageBatch', 'sqs:DeleteMessageBatch'],
    description:
      'A person sends messages back: receive, send with a fresh deduplication id and the original group, only then delete. The figures are those of this console, with the messages that Resume sent.',
  },
];

export interface CallRow {
  readonly operation: string;
  readonly calls: number;
  /** Null for a service that AWS bills by units, not by calls; undefined if the prices are not known. */
  readonly usd: number | null | undefined;
}

export interface Figures {
  /** The number of calls of each operation; null for a caller that does not report them. */
  readonly calls: Readonly<Record<Caller, Readonly<Record<string, number>> | null>>;
  readonly planned: Planned;
}

/** The sums over the plans of the listed jobs. */
export interface Planned {
  readonly jobs: number;
  readonly messages: number;
  readonly sends: number;
}

export const plannedOf = (jobs: readonly Pick<JobView, 'messages' | 'planned_sends'>[]): Planned => ({
  jobs: jobs.length,
  messages: jobs.reduce((sum, { messages }) => sum + messages, 0),
  sends: jobs.reduce((sum, { planned_sends }) => sum + planned_sends, 0),
});

/**
 * The number of a step's calls so far and their cost; null if its service does not report them. For the step Send, at
 * least the calls that the plans of the known jobs require: `movie-load produce` also sends, and does not report.
 */
export function callsOf(
  step: Step,
  { calls, planned }: Figures,
  prices?: Pick<Prices, 'usd_per_call'>,
): readonly CallRow[] | null {
  const reported = calls[step.caller];
  if (reported === null && step.id !== 'send') return null;
  return step.calls.map((operation) => {
    const counted = reported?.[operation] ?? 0;
    const n = step.id === 'send' ? Math.max(counted, planned.sends) : counted;
    const price = prices?.usd_per_call[operation];
    const usd = price === undefined ? null : n * price;
    return { operation, calls: n, usd: prices && usd };
  });
}

export const totalCalls = (rows: readonly CallRow[]): number => rows.reduce((sum, { calls }) => sum + calls, 0);
