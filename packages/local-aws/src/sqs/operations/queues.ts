// Operations on queues: create, find, list, attributes, purge, tags.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html

import { randomBytes } from 'node:crypto';
import { invalidValue, missingParameter, SqsError } from '../errors.ts';
import {
  type Input,
  isObject,
  type Output,
  optionalInteger,
  optionalText,
  optionalTextMap,
  optionalTexts,
  requiredText,
} from '../input.ts';
import { Queue } from '../queue.ts';
import {
  type AttributeValues,
  applyEncryptionChange,
  checkAttributeName,
  checkThroughput,
  defaultAttributes,
  parseAttributes,
  readRedrivePolicy,
} from '../queue-attributes.ts';
import type { SqsState } from '../state.ts';
import type { Operations } from './operation.ts';

const NAME = /^[A-Za-z0-9_-]{1,80}$/;
const FIFO_NAME = /^(?=.{6,80}$)[A-Za-z0-9_-]+\.fifo$/;
const PURGE_INTERVAL_MS = 60_000;
const MAX_PAGE_SIZE = 1000;
const MAX_TAGS = 50;
/** Values that GetQueueAttributes does not return. */
const HIDDEN_DEFAULTS: Readonly<Record<string, string>> = { KmsDataKeyReusePeriodSeconds: '300' };

function checkName(name: string, fifo: boolean): void {
  if (fifo && !FIFO_NAME.test(name)) {
    throw new SqsError(
      'InvalidParameterValue',
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
    );
  }
  if (!fifo && !NAME.test(name)) {
    throw new SqsError(
      'InvalidParameterValue',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
}

/** The name, the type and the requested attributes of a CreateQueue, without defaults. */
function parseCreateQueue(input: Input): { name: string; fifo: boolean; requested: AttributeValues } {
  const name = requiredText(input, 'QueueName');
  const { FifoQueue: fifoQueue, ...others } = optionalTextMap(input, 'Attributes') ?? {};
  const fifo = fifoQueue?.toLowerCase() === 'true';
  if (fifoQueue !== undefined && !fifo) {
    throw new SqsError(
      fifoQueue.toLowerCase() === 'false' ? 'InvalidAttributeName' : 'InvalidAttributeValue',
      fifoQueue.toLowerCase() === 'false'
        ? 'Unknown Attribute FifoQueue.'
        : 'Invalid value for the parameter FifoQueue.',
    );
  }
  checkName(name, fifo);
  return { name, fifo, requested: parseAttributes(others, fifo) };
}

/** @throws {SqsError} when the queue cannot have the dead-letter queue that a `RedrivePolicy` names */
function checkRedrive(state: SqsState, source: { name: string; fifo: boolean }, value: string | undefined): void {
  const policy = readRedrivePolicy(value);
  if (policy === undefined) return;
  const target = state.queueByArn(policy.deadLetterTargetArn);
  if (target === undefined) throw invalidValue('RedrivePolicy', value, 'Dead letter target does not exist.');
  if (target.fifo !== source.fifo) {
    throw invalidValue('RedrivePolicy', value, 'Dead-letter queue must be same type of queue as the source.');
  }
  const allowPolicy: unknown = JSON.parse(target.attributes.get('RedriveAllowPolicy') || '{}');
  if (!isObject(allowPolicy)) return;
  const allowedArns =
    allowPolicy.redrivePermission === 'byQueue' && Array.isArray(allowPolicy.sourceQueueArns)
      ? allowPolicy.sourceQueueArns
      : [];
  if (
    allowPolicy.redrivePermission === 'denyAll' ||
    (allowPolicy.redrivePermission === 'byQueue' && !allowedArns.includes(state.arnOf(source.name)))
  ) {
    throw invalidValue('RedrivePolicy', value, 'The dead-letter queue does not allow this source queue.');
  }
}

/** Applies the changes; an empty value, or a default that AWS does not show, removes the attribute. */
function mergeAttributes(base: AttributeValues, changes: AttributeValues): AttributeValues {
  const merged: AttributeValues = new Map(base);
  for (const [name, value] of changes) {
    if (value === '' || value === HIDDEN_DEFAULTS[name]) merged.delete(name);
    else merged.set(name, value);
  }
  applyEncryptionChange(merged, changes);
  checkThroughput(merged);
  return merged;
}

/** A FIFO queue's FifoQueue attribute may be set again; the type of a queue cannot be changed. */
function withoutQueueType(
  attributes: Readonly<Record<string, string>>,
  fifo: boolean,
): Readonly<Record<string, string>> {
  if (!fifo || attributes.FifoQueue === undefined) return attributes;
  const { FifoQueue, ...others } = attributes;
  if (FifoQueue.toLowerCase() !== 'true') {
    throw new SqsError(
      'InvalidAttributeValue',
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    );
  }
  return others;
}

/** All attributes that GetQueueAttributes returns for a queue. */
function allAttributes(queue: Queue): Map<string, string> {
  return new Map([
    ...queue.attributes,
    ['ApproximateNumberOfMessages', String(queue.readyCount)],
    ['ApproximateNumberOfMessagesDelayed', String(queue.delayedCount)],
    ['ApproximateNumberOfMessagesNotVisible', String(queue.inFlightCount)],
    ['CreatedTimestamp', String(Math.floor(queue.createdOn / 1000))],
    ['LastModifiedTimestamp', String(Math.floor(queue.lastModifiedOn / 1000))],
    ['QueueArn', queue.arn],
  ]);
}

function pageOfUrls(
  state: SqsState,
  queues: readonly Queue[],
  input: Input,
  origin: string,
): { urls: string[]; nextToken?: string } {
  const size = optionalInteger(input, 'MaxResults', 1, MAX_PAGE_SIZE) ?? MAX_PAGE_SIZE;
  const token = optionalText(input, 'NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64').toString();
  const remaining = queues.filter((queue) => queue.name > after).sort((a, b) => (a.name < b.name ? -1 : 1));
  const urls = remaining.slice(0, size).map((queue) => state.urlOf(queue, origin));
  const last = remaining[size - 1];
  if (remaining.length <= size || last === undefined) return { urls };
  return { urls, nextToken: Buffer.from(last.name).toString('base64') };
}

export const QUEUE_OPERATIONS: Operations = {
  CreateQueue(state, input, { origin }) {
    const { name, fifo, requested } = parseCreateQueue(input);
    const existing = state.queues.get(name);
    if (existing !== undefined) {
      const mismatch = [...requested].find(
        ([attribute, value]) => (existing.attributes.get(attribute) ?? HIDDEN_DEFAULTS[attribute] ?? '') !== value,
      );
      if (mismatch !== undefined) {
        throw new SqsError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${mismatch[0]}`,
        );
      }
      return { QueueUrl: state.urlOf(existing, origin) };
    }
    checkRedrive(state, { name, fifo }, requested.get('RedrivePolicy'));
    const attributes = mergeAttributes(defaultAttributes(fifo), requested);
    const handleTag = `AQEB${randomBytes(18).toString('base64').replaceAll('/', '+')}/`;
    const queue = new Queue({ name, arn: state.arnOf(name), fifo, handleTag }, attributes, state.now(), state.hooks);
    for (const [key, value] of Object.entries(optionalTextMap(input, 'tags') ?? optionalTextMap(input, 'Tags') ?? {})) {
      queue.tags.set(key, value);
    }
    state.queues.set(name, queue);
    return { QueueUrl: state.urlOf(queue, origin) };
  },

  DeleteQueue(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    state.queues.delete(queue.name);
    state.hooks.onRemoved?.(queue);
    return {};
  },

  GetQueueUrl(state, input, { origin }) {
    return { QueueUrl: state.urlOf(state.queueByName(requiredText(input, 'QueueName')), origin) };
  },

  ListQueues(state, input, { origin }) {
    const prefix = optionalText(input, 'QueueNamePrefix') ?? '';
    const queues = [...state.queues.values()].filter((queue) => queue.name.startsWith(prefix));
    const { urls, nextToken: next } = pageOfUrls(state, queues, input, origin);
    const output: Output = {};
    if (urls.length > 0) output.QueueUrls = urls;
    // AWS returns a token only for requests with MaxResults.
    if (next !== undefined && input.MaxResults !== undefined) output.NextToken = next;
    return output;
  },

  ListDeadLetterSourceQueues(state, input, { origin }) {
    const target = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const sources = [...state.queues.values()].filter(
      (queue) => queue.settings.redrivePolicy?.deadLetterTargetArn === target.arn,
    );
    const { urls, nextToken: next } = pageOfUrls(state, sources, input, origin);
    if (urls.length === 0) return {};
    return next === undefined ? { queueUrls: urls } : { queueUrls: urls, NextToken: next };
  },

  GetQueueAttributes(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const names = optionalTexts(input, 'AttributeNames');
    for (const name of names) checkAttributeName(name);
    if (names.length === 0) return {};
    queue.advance(state.now());
    const all = allAttributes(queue);
    const requestedNames = names.includes('All') ? [...all.keys()].sort() : names;
    const attributes: Record<string, string> = {};
    for (const name of requestedNames) {
      const value = all.get(name);
      if (value !== undefined) attributes[name] = value;
    }
    return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
  },

  SetQueueAttributes(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const requested = optionalTextMap(input, 'Attributes');
    if (requested === undefined) throw missingParameter('Attributes');
    const changes = parseAttributes(withoutQueueType(requested, queue.fifo), queue.fifo);
    checkRedrive(state, queue, changes.get('RedrivePolicy'));
    queue.setAttributes(mergeAttributes(queue.attributes, changes), state.now());
    return {};
  },

  PurgeQueue(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const now = state.now();
    if (queue.lastPurgedOn !== undefined && now - queue.lastPurgedOn < PURGE_INTERVAL_MS) {
      throw new SqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      );
    }
    queue.purge(now);
    return {};
  },

  TagQueue(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const tags = optionalTextMap(input, 'Tags');
    if (tags === undefined || Object.keys(tags).length === 0) throw missingParameter('Tags');
    const names = new Set([...queue.tags.keys(), ...Object.keys(tags)]);
    if (names.size > MAX_TAGS) {
      throw new SqsError('InvalidParameterValue', `Too many tags added for queue ${queue.name}.`);
    }
    for (const [key, value] of Object.entries(tags)) queue.tags.set(key, value);
    return {};
  },

  UntagQueue(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    for (const key of optionalTexts(input, 'TagKeys')) queue.tags.delete(key);
    return {};
  },

  ListQueueTags(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    return queue.tags.size === 0 ? {} : { Tags: Object.fromEntries(queue.tags) };
  },
};
