// A queue's attributes as the numbers that every call needs, read once.

import { type AttributeValues, type RedrivePolicy, readRedrivePolicy } from './queue-attributes.ts';

export interface QueueSettings {
  readonly visibilityMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  /** How long a receive waits that does not say it. */
  readonly waitMs: number;
  readonly maximumMessageBytes: number;
  readonly contentBasedDeduplication: boolean;
  readonly redrivePolicy: RedrivePolicy | undefined;
}

export function readSettings(attributes: AttributeValues): QueueSettings {
  const milliseconds = (name: string): number => Number(attributes.get(name) ?? 0) * 1000;
  return {
    visibilityMs: milliseconds('VisibilityTimeout'),
    delayMs: milliseconds('DelaySeconds'),
    retentionMs: milliseconds('MessageRetentionPeriod'),
    waitMs: milliseconds('ReceiveMessageWaitTimeSeconds'),
    maximumMessageBytes: Number(attributes.get('MaximumMessageSize')),
    contentBasedDeduplication: attributes.get('ContentBasedDeduplication') === 'true',
    redrivePolicy: readRedrivePolicy(attributes.get('RedrivePolicy')),
  };
}
