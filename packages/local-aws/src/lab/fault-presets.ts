// Named sets of fault rules: common failures of AWS, ready to be added.

import type { FaultRule } from './fault-rule.ts';

export interface FaultPreset {
  readonly name: string;
  /** One sentence: what happens. */
  readonly about: string;
  readonly rules: readonly FaultRule[];
}

export const FAULT_PRESETS: readonly FaultPreset[] = [
  {
    name: 'lost-answers',
    about: 'One call in five has its effect, and its answer is lost.',
    rules: [{ operation: '*', when: 'after', fault: 'reset', probability: 0.2 }],
  },
  {
    name: 'flaky-network',
    about: 'One call in ten fails with a broken connection, and every call is 50 ms late.',
    rules: [
      { operation: '*', delay_ms: 50 },
      { operation: '*', fault: 'reset', probability: 0.1 },
    ],
  },
  {
    name: 'slow-s3',
    about: 'Every call of S3 is 2 s late.',
    rules: [{ operation: 's3:*', delay_ms: 2000 }],
  },
  {
    name: 'slow-table',
    about: 'Every call of PutItem and BatchWriteItem is 3 s late.',
    rules: [
      { operation: 'dynamodb:BatchWriteItem', delay_ms: 3000 },
      { operation: 'dynamodb:PutItem', delay_ms: 3000 },
    ],
  },
  {
    name: 'throttled-table',
    about: 'DynamoDB throttles half of its calls.',
    rules: [{ operation: 'dynamodb:*', fault: 'throttle', probability: 0.5 }],
  },
  {
    name: 'unprocessed-items',
    about: 'Half of all calls of BatchWriteItem leave their last item unprocessed.',
    rules: [{ operation: 'dynamodb:BatchWriteItem', fault: 'unprocessed', probability: 0.5 }],
  },
  {
    name: 'refused-entries',
    about: 'Half of all SQS batches have one entry that fails.',
    rules: [{ operation: 'sqs:*', fault: 'refuse_entries', probability: 0.5 }],
  },
  {
    name: 's3-outage',
    about: 'S3 fails every call until the rule is removed.',
    rules: [{ operation: 's3:*', fault: 'error', status: 503, code: 'ServiceUnavailable' }],
  },
  {
    name: 'table-outage',
    about: 'DynamoDB fails every call until the rule is removed.',
    rules: [{ operation: 'dynamodb:*', fault: 'error' }],
  },
];
