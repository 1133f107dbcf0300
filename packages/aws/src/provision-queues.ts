// Provisions the queue and its dead-letter queue.
import { isDeepStrictEqual } from 'node:util';
import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SqsSender } from './clients.ts';
import { MAX_RECEIVE_COUNT, type QueueDefinition } from './definitions.ts';
import type { Provisioning } from './provisioning.ts';
import { queueUrl, sdkOptions } from './queue.ts';

/** The queues' URLs; undefined for a queue that does not exist. */
export interface ExistingQueues {
  readonly queue: string | undefined;
  readonly dlq: string | undefined;
}

export async function findQueues(sqs: SqsSender, { definitions, options }: Provisioning): Promise<ExistingQueues> {
  const { queue, dlq } = definitions;
  const [existingQueueUrl, existingDlqUrl] = await Promise.all([
    queueUrl(sqs, queue.name, options),
    queueUrl(sqs, dlq.name, options),
  ]);
  return { queue: existingQueueUrl, dlq: existingDlqUrl };
}

/** Creates the dead-letter queue first, because the queue's redrive policy names its ARN. */
export async function provisionQueues(sqs: SqsSender, work: Provisioning, existing: ExistingQueues): Promise<void> {
  const { queue, dlq } = work.definitions;
  const target = await provisionQueue(sqs, work, dlq, existing.dlq);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: target.QueueArn,
    maxReceiveCount: MAX_RECEIVE_COUNT,
  });
  const wanted = { ...queue, attributes: { ...queue.attributes, RedrivePolicy } };
  const source = await provisionQueue(sqs, work, wanted, existing.queue);
  // A dry run does not know the ARN of a queue that does not exist.
  if (source.QueueArn === undefined || target.QueueArn === undefined) return;
  await allowRedriveFrom(sqs, work, { source, target, isTargetNew: existing.dlq === undefined });
}

interface RedriveQueues {
  /** The attributes of the queue. */
  readonly source: Attributes;
  /** The attributes of its dead-letter queue. */
  readonly target: Attributes;
  readonly isTargetNew: boolean;
}

/**
 * Allows only our queue to use the dead-letter queue: otherwise dead letters of another queue of the account would be
 * redriven to ours.
 */
async function allowRedriveFrom(
  sqs: SqsSender,
  work: Provisioning,
  { source, target, isTargetNew }: RedriveQueues,
): Promise<void> {
  const wanted = { redrivePermission: 'byQueue', sourceQueueArns: [source.QueueArn] };
  if (isDeepStrictEqual(parsePolicy(target.RedriveAllowPolicy), wanted)) return;
  const { name } = work.definitions.dlq;
  const QueueUrl = await queueUrl(sqs, name, work.options);
  const Attributes = { RedriveAllowPolicy: JSON.stringify(wanted) };
  await work.apply(() => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }), sdkOptions(work.options)));
  if (!isTargetNew) work.changed(`${name} RedriveAllowPolicy`);
}

/** Undefined for a missing policy, which some endpoints return as an empty text. */
function parsePolicy(policy: string | undefined): unknown {
  return policy === undefined || policy === '' ? undefined : JSON.parse(policy);
}

type Attributes = Readonly<Record<string, string | undefined>>;

async function provisionQueue(
  sqs: SqsSender,
  work: Provisioning,
  wanted: QueueDefinition,
  existingUrl: string | undefined,
): Promise<Attributes> {
  const requestOptions = sdkOptions(work.options);
  let url = existingUrl;
  if (url === undefined) {
    const command = new CreateQueueCommand({ QueueName: wanted.name, Attributes: { ...wanted.attributes } });
    url = (await work.apply(() => sqs.send(command, requestOptions)))?.QueueUrl;
    work.created(wanted.name);
    if (work.options.dryRun) return {};
  }
  const readCommand = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(readCommand, requestOptions);
  const current: Attributes = Attributes;
  const differing = Object.entries(wanted.attributes).filter(
    ([name, value]) => !isSameValue(name, current[name], value),
  );
  // Whether a queue is FIFO cannot change, and its name (`….fifo`) already determines it.
  const settable = differing.filter(([name]) => name !== 'FifoQueue');
  if (settable.length > 0) {
    const command = new SetQueueAttributesCommand({ QueueUrl: url, Attributes: Object.fromEntries(settable) });
    await work.apply(() => sqs.send(command, requestOptions));
    for (const [name] of settable) work.changed(`${wanted.name} ${name}`);
  }
  return current;
}

function isSameValue(name: string, found: string | undefined, wanted: string): boolean {
  if (found === undefined) return false;
  return name === 'RedrivePolicy'
    ? comparableRedrive(found) === comparableRedrive(wanted)
    : found.toLowerCase() === wanted.toLowerCase();
}

/** A redrive policy for comparison: endpoints differ in its key order, and return the count as a number or a text. */
function comparableRedrive(policy: string): string {
  const { deadLetterTargetArn, maxReceiveCount } = (parsePolicy(policy) ?? {}) as Record<string, unknown>;
  return `${deadLetterTargetArn} ${maxReceiveCount}`;
}
