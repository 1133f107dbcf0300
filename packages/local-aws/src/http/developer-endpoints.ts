// Endpoints to look inside, beside AWS's own: a queue's messages without taking any, in LocalStack's form (with two
// parameters more: `MaxNumberOfMessages` and `OnlyInFlight`), what stands in a queue as a whole, and a health check.
// https://docs.localstack.cloud/aws/services/sqs/#developer-endpoints

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SqsEngine } from '../sqs/engine.ts';
import { SqsError } from '../sqs/errors.ts';
import type { Output } from '../sqs/input.ts';
import { DELAYED, IN_FLIGHT } from '../sqs/message.ts';
import { describeMessage } from '../sqs/operations/messages.ts';
import { queryOutput } from './query-output.ts';
import { queryReply, SQS_NAMESPACE, sendXml } from './sqs-query.ts';
import { toJson } from './xml.ts';

const MESSAGES = '/_aws/sqs/messages';
const QUEUE = '/_local-aws/queue';
const HEALTH = '/_local-aws/health';
/** Messages that are shown were not received, so there is nothing to delete them by. */
const NO_HANDLE = 'SQS/BACKDOOR/ACCESS';

function isOn(parameters: URLSearchParams, name: string): boolean {
  return ['true', '1'].includes((parameters.get(name) ?? '').toLowerCase());
}

function list(engine: SqsEngine, url: URL): Output {
  const queue = engine.queueByUrl(url.searchParams.get('QueueUrl') ?? url.pathname.slice(MESSAGES.length + 1));
  queue.advance(engine.now());
  const showInvisible = isOn(url.searchParams, 'ShowInvisible');
  const showDelayed = isOn(url.searchParams, 'ShowDelayed');
  const onlyInFlight = isOn(url.searchParams, 'OnlyInFlight');
  const most = Number(url.searchParams.get('MaxNumberOfMessages') ?? Number.POSITIVE_INFINITY);
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

function answerJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function answerMessages(output: Output, request: IncomingMessage, response: ServerResponse): void {
  if (request.headers['content-type'] === 'application/x-amz-json-1.0') {
    answerJson(response, output);
    return;
  }
  const requestId = randomUUID();
  const elements = queryOutput('ReceiveMessage', output, requestId);
  if ((request.headers.accept ?? '').includes('json')) {
    answerJson(response, { ReceiveMessageResponse: toJson(elements) });
  } else {
    sendXml(response, 200, { root: 'ReceiveMessageResponse', namespace: SQS_NAMESPACE, elements, requestId });
  }
}

/** The oldest message and how many groups have messages: for a queue that is too long to be shown. */
function summary(engine: SqsEngine, url: URL): { oldest_sent_on: number | null; message_groups: number } {
  const queue = engine.queueByUrl(url.searchParams.get('QueueUrl') ?? '');
  queue.advance(engine.now());
  const groups = new Set<string | undefined>();
  let oldest: number | null = null;
  for (const { groupId, sentOn } of queue.messages()) {
    groups.add(groupId);
    oldest ??= sentOn;
  }
  return { oldest_sent_on: oldest, message_groups: groups.size };
}

/** Answers a request to one of these endpoints. @returns false when it is none of them */
export function answerDeveloper(engine: SqsEngine, request: IncomingMessage, response: ServerResponse): boolean {
  const target = request.url ?? '/';
  if (target === HEALTH) {
    answerJson(response, { status: 'ok', services: { sqs: 'running', dynamodb: 'running', s3: 'running' } });
    return true;
  }
  const isMessages = target.startsWith(MESSAGES);
  if (!isMessages && !target.startsWith(QUEUE)) return false;
  try {
    const url = new URL(target, 'http://localhost');
    if (isMessages) answerMessages(list(engine, url), request, response);
    else answerJson(response, summary(engine, url));
  } catch (error) {
    if (!(error instanceof SqsError)) throw error;
    queryReply('ReceiveMessage', response).failed(error);
  }
  return true;
}
