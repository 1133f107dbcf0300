// A queue's attributes parsed once into the values that every call needs.

import { type AttributeValues, type RedrivePolicy, readRedrivePolicy } from './queue-attributes.ts';

export interface QueueSettings {
  readonly visibilityMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  /** The wait of a receive that does not specify one. */
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
