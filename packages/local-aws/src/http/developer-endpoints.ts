// Endpoints to look inside, beside AWS's own: a queue's messages without taking any, in LocalStack's form (with two
// parameters more: `MaxNumberOfMessages` and `OnlyInFlight`), what stands in a queue as a whole, and a health check.
// https://docs.localstack.cloud/aws/services/sqs/#developer-endpoints

import { randomUUID } from 'node:crypto';
import type { SqsEngine } from '../sqs/engine.ts';
import { SqsError } from '../sqs/errors.ts';
import type { Output } from '../sqs/input.ts';
import { DELAYED, IN_FLIGHT } from '../sqs/message.ts';
import { describeMessage } from '../sqs/operations/messages.ts';
import { queryOutput } from './query-output.ts';
import { queryError, SQS_NAMESPACE, xmlAnswer } from './query-protocol.ts';
import { queryReply } from './query-service.ts';
import { type Answer, RequestFailure, type RequestHead, type Service } from './service.ts';
import { wholeBody } from './whole-body.ts';
import { toJson } from './xml.ts';

const MESSAGES = '/_aws/sqs/messages';
const QUEUE = '/_local-aws/queue';
const HEALTH = '/_local-aws/health';
/** Its last free version: what scripts compare with. */
const LOCALSTACK_VERSION = '4.14.0';
/** Messages that are shown were not received, so there is nothing to delete them by. */
const NO_HANDLE = 'SQS/BACKDOOR/ACCESS';

function isOn(parameters: URLSearchParams, name: string): boolean {
  return ['true', '1'].includes((parameters.get(name) ?? '').toLowerCase());
}

function list(engine: SqsEngine, path: string, parameters: URLSearchParams): Output {
  const queue = engine.queueByUrl(parameters.get('QueueUrl') ?? path.slice(MESSAGES.length + 1));
  queue.advance(engine.now());
  const showInvisible = isOn(parameters, 'ShowInvisible');
  const showDelayed = isOn(parameters, 'ShowDelayed');
  const onlyInFlight = isOn(parameters, 'OnlyInFlight');
  const most = Number(parameters.get('MaxNumberOfMessages') ?? Number.POSITIVE_INFINITY);
  const messages: Output[] = [];
  for (const message of queue.messages()) {
    if (messages.length >= most) break;
    if (message.state === IN_FLIGHT ? !showInvisible : onlyInFlight) continue;
    if (message.state === DELAYED && !showDelayed) continue;
    const described = describeMessage(message, NO_HANDLE);
    const extra = {
      ...(showInvisible && { IsVisible: String(message.state !== IN_FLIGHT) }),
      ...(showDelayed && { IsDelayed: String(message.state === DELAYED) }),
    };
    messages.push({ ...described, Attributes: { ...Object(described.Attributes), ...extra } });
  }
  return messages.length === 0 ? {} : { Messages: messages };
}

function jsonAnswer(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function messagesAnswer(output: Output, { headers }: RequestHead): Answer {
  if (headers['content-type'] === 'application/x-amz-json-1.0') return jsonAnswer(output);
  const requestId = randomUUID();
  const elements = queryOutput('ReceiveMessage', output, requestId);
  if ((headers.accept ?? '').includes('json')) return jsonAnswer({ ReceiveMessageResponse: toJson(elements) });
  return xmlAnswer(200, { root: 'ReceiveMessageResponse', namespace: SQS_NAMESPACE, elements, requestId });
}

/** The oldest message and how many groups have messages: for a queue that is too long to be shown. */
function summary(
  engine: SqsEngine,
  parameters: URLSearchParams,
): { oldest_sent_on: number | null; message_groups: number } {
  const queue = engine.queueByUrl(parameters.get('QueueUrl') ?? '');
  queue.advance(engine.now());
  const groups = new Set<string | undefined>();
  let oldest: number | null = null;
  for (const { groupId, sentOn } of queue.messages()) {
    groups.add(groupId);
    oldest ??= sentOn;
  }
  return { oldest_sent_on: oldest, message_groups: groups.size };
}

/** What scripts ask that wait for LocalStack: its health, and that its `ready.d` hooks are through. */
function localstackAnswer(path: string): unknown {
  const services = { dynamodb: 'running', s3: 'running', sqs: 'running', sts: 'running' };
  if (path === '/_localstack/health') return { services, edition: 'community', version: LOCALSTACK_VERSION };
  if (path === '/_localstack/info') return { version: LOCALSTACK_VERSION, edition: 'community' };
  if (path === '/_localstack/init') {
    return { completed: { BOOT: true, START: true, READY: true, SHUTDOWN: false }, scripts: [] };
  }
  if (path === '/_localstack/init/ready') return { completed: true, scripts: [] };
  return undefined;
}

function answerOf(engine: SqsEngine, head: RequestHead): Answer {
  const { path, query } = head;
  if (path === HEALTH) {
    return jsonAnswer({ status: 'ok', services: { sqs: 'running', dynamodb: 'running', s3: 'running' } });
  }
  const localstack = localstackAnswer(path);
  if (localstack !== undefined) return jsonAnswer(localstack);
  const parameters = new URLSearchParams(query);
  if (path === QUEUE) return jsonAnswer(summary(engine, parameters));
  if (path === MESSAGES || path.startsWith(`${MESSAGES}/`)) return messagesAnswer(list(engine, path, parameters), head);
  throw new RequestFailure({ status: 404, code: 'NotFound', message: `The embedded AWS has nothing at ${path}.` });
}

/** Answers what begins with `/_`, which is the name of no bucket. */
export function createDeveloperService(engine: SqsEngine): Service {
  return {
    receive: (head) =>
      wholeBody(head, { maxBytes: 0 }, (exchange) => ({
        operation: 'local-aws:Look',
        run() {
          try {
            return answerOf(engine, exchange);
          } catch (error) {
            if (error instanceof SqsError) return queryReply('ReceiveMessage').failed(error);
            throw error;
          }
        },
      })),
    failure: queryError,
  };
}
