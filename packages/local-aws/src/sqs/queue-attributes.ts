// Queue attributes: their names, their valid values, and their defaults.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html

import { SqsError } from './errors.ts';
import { isObject } from './input.ts';

export const MAX_MESSAGE_BYTES = 1_048_576;

/** The destination of messages that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export type AttributeValues = Map<string, string>;
type AttributeParser = (value: string) => string;

function invalidAttribute(name: string, detail?: string): SqsError {
  return new SqsError('InvalidAttributeValue', detail ?? `Invalid value for the parameter ${name}.`);
}

function integer(name: string, min: number, max: number): AttributeParser {
  return (value) => {
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw invalidAttribute(name);
    return String(number);
  };
}

function boolean(name: string): AttributeParser {
  return (value) => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw invalidAttribute(name);
    return lower;
  };
}

function oneOf(name: string, ...allowed: string[]): AttributeParser {
  return (value) => {
    if (!allowed.includes(value)) throw invalidAttribute(name);
    return value;
  };
}

function jsonObject(name: string): AttributeParser {
  return (value) => {
    if (value === '') return value;
    try {
      if (isObject(JSON.parse(value))) return value;
    } catch {
      // refused below
    }
    throw invalidAttribute(name);
  };
}

const SETTABLE: Readonly<Record<string, AttributeParser>> = {
  DelaySeconds: integer('DelaySeconds', 0, 900),
  MaximumMessageSize: integer('MaximumMessageSize', 1024, MAX_MESSAGE_BYTES),
  MessageRetentionPeriod: integer('MessageRetentionPeriod', 60, 1_209_600),
  ReceiveMessageWaitTimeSeconds: integer('ReceiveMessageWaitTimeSeconds', 0, 20),
  VisibilityTimeout: integer('VisibilityTimeout', 0, 43_200),
  Policy: jsonObject('Policy'),
  RedrivePolicy: canonicalRedrivePolicy,
  RedriveAllowPolicy: jsonObject('RedriveAllowPolicy'),
  KmsMasterKeyId: (value) => value,
  KmsDataKeyReusePeriodSeconds: integer('KmsDataKeyReusePeriodSeconds', 60, 86_400),
  SqsManagedSseEnabled: boolean('SqsManagedSseEnabled'),
};

const FIFO_SETTABLE: Readonly<Record<string, AttributeParser>> = {
  ContentBasedDeduplication: boolean('ContentBasedDeduplication'),
  DeduplicationScope: oneOf('DeduplicationScope', 'queue', 'messageGroup'),
  FifoThroughputLimit: oneOf('FifoThroughputLimit', 'perQueue', 'perMessageGroupId'),
};

const DEFAULTS: readonly (readonly [string, string])[] = [
  ['DelaySeconds', '0'],
  ['MaximumMessageSize', String(MAX_MESSAGE_BYTES)],
  ['MessageRetentionPeriod', '345600'],
  ['ReceiveMessageWaitTimeSeconds', '0'],
  ['SqsManagedSseEnabled', 'true'],
  ['VisibilityTimeout', '30'],
];

const FIFO_DEFAULTS: readonly (readonly [string, string])[] = [
  ['ContentBasedDeduplication', 'false'],
  ['DeduplicationScope', 'queue'],
  ['FifoQueue', 'true'],
  ['FifoThroughputLimit', 'perQueue'],
];

/** Attributes that SQS computes. */
const COMPUTED_ATTRIBUTES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

const READABLE_ATTRIBUTES = new Set([
  'All',
  'FifoQueue',
  ...COMPUTED_ATTRIBUTES,
  ...Object.keys(SETTABLE),
  ...Object.keys(FIFO_SETTABLE),
]);

/** @throws {SqsError} `InvalidAttributeName` for a name that GetQueueAttributes does not accept */
export function checkAttributeName(name: string): void {
  if (!READABLE_ATTRIBUTES.has(name)) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

export function defaultAttributes(fifo: boolean): AttributeValues {
  return new Map(fifo ? [...DEFAULTS, ...FIFO_DEFAULTS] : DEFAULTS);
}

/**
 * Checks names and values of a CreateQueue or SetQueueAttributes, and converts the values into the form that AWS
 * returns.
 */
export function parseAttributes(attributes: Readonly<Record<string, string>>, fifo: boolean): AttributeValues {
  const parsed: AttributeValues = new Map();
  const parsers = new Map(Object.entries(fifo ? { ...SETTABLE, ...FIFO_SETTABLE } : SETTABLE));
  for (const [name, value] of Object.entries(attributes)) {
    const parse = parsers.get(name);
    if (parse !== undefined) {
      parsed.set(name, parse(value));
    } else if (!fifo && Object.hasOwn(FIFO_SETTABLE, name) && name !== 'ContentBasedDeduplication') {
      throw new SqsError('InvalidAttributeName', `You can specify the ${name} only when FifoQueue is set to true.`);
    } else {
      throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
  }
  return parsed;
}

/**
 * A queue is encrypted with a KMS key or by SQS itself: turning on one turns off the other.
 * @throws {SqsError} when `changes` turns on both
 */
export function applyEncryptionChange(values: AttributeValues, changes: AttributeValues): void {
  const byKey = Boolean(changes.get('KmsMasterKeyId'));
  const bySqs = changes.get('SqsManagedSseEnabled') === 'true';
  if (byKey && bySqs) {
    throw new SqsError(
      'InvalidAttributeName',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
  if (byKey) values.set('SqsManagedSseEnabled', 'false');
  if (bySqs) values.delete('KmsMasterKeyId');
}

/** High throughput requires matching values of both attributes. */
export function checkThroughput(values: AttributeValues): void {
  if (
    values.get('FifoThroughputLimit') === 'perMessageGroupId' &&
    values.get('DeduplicationScope') !== 'messageGroup'
  ) {
    throw invalidAttribute(
      'FifoThroughputLimit',
      'The perMessageGroupId value for FifoThroughputLimit is allowed only when the value for DeduplicationScope is messageGroup.',
    );
  }
}

/** AWS returns the policy with these two members, the count as a number. */
function canonicalRedrivePolicy(value: string): string {
  const policy = readRedrivePolicy(jsonObject('RedrivePolicy')(value));
  return policy === undefined ? '' : JSON.stringify(policy);
}

/** Parses a `RedrivePolicy` attribute; undefined when it is empty. */
export function readRedrivePolicy(value: string | undefined): RedrivePolicy | undefined {
  if (value === undefined || value === '') return undefined;
  const policy: unknown = JSON.parse(value);
  const invalid = (reason: string): SqsError =>
    new SqsError('InvalidParameterValue', `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  if (!isObject(policy)) throw invalid('Redrive policy is not a valid JSON map.');
  const target = policy.deadLetterTargetArn;
  if (typeof target !== 'string')
    throw invalid('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  if (!/^arn:[^:]+:sqs:[^:]*:[^:]*:[^:]+$/.test(target)) throw invalid('Invalid value for deadLetterTargetArn.');
  if (policy.maxReceiveCount === undefined) {
    throw invalid('Redrive policy does not contain mandatory attribute: maxReceiveCount.');
  }
  const maxReceiveCount = Number(policy.maxReceiveCount);
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000) {
    throw invalid(
      `Invalid value for maxReceiveCount: ${policy.maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  return { deadLetterTargetArn: target, maxReceiveCount };
}
