// Endpoints for inspection, in addition to AWS's: a queue's messages without receiving any, in LocalStack's form (with
// additional parameters, see docs/differences.md), a summary of a queue, and a health check.
// https://docs.localstack.cloud/aws/services/sqs/#developer-endpoints

import { randomUUID } from 'node:crypto';
import type { SqsEngine } from '../sqs/engine.ts';
import { SqsError } from '../sqs/errors.ts';
import type { Output } from '../sqs/input.ts';
import { bufferedBody } from './buffered-body.ts';
import { peekMessages, readPeekRequest } from './peek-messages.ts';
import { queryOutput } from './query-output.ts';
import { queryError, SQS_NAMESPACE } from './query-protocol.ts';
import { queryXmlFormat } from './query-service.ts';
import { type Answer, RequestFailure, type RequestHead, type Service } from './service.ts';
import { type Element, toJson, toXml } from './xml.ts';

const MESSAGES_PATH = '/_aws/sqs/messages';
const QUEUE_PATH = '/_local-aws/queue';
const HEALTH_PATH = '/_local-aws/health';
/** The version in LocalStack's health answers, which scripts may check: its last free version. */
const LOCALSTACK_VERSION = '4.14.0';
/** Messages are joined until they have this length, so that small messages do not become small packets. */
const CHUNK_CHARACTERS = 64 * 1024;

function jsonAnswer(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** The text before, between and after the messages, and of one message, in one of the three formats. */
interface Format {
  readonly type: string;
  /** @param isMany whether there is more than one message; undefined when there is none */
  begin(isMany: boolean | undefined): string;
  readonly between: string;
  end(isMany: boolean | undefined): string;
  message(output: Output): string;
}

const AWS_JSON: Format = {
  type: 'application/json',
  begin: (isMany) => (isMany === undefined ? '{' : '{"Messages":['),
  between: ',',
  end: (isMany) => (isMany === undefined ? '}' : ']}'),
  message: (output) => JSON.stringify(output),
};

/** The format of the Query protocol: `<Message>…</Message>`. */
function messageElement(output: Output): Element {
  const [result] = queryOutput('ReceiveMessage', { Messages: [output] }, '');
  const message = typeof result?.[1] === 'string' ? undefined : result?.[1][0];
  if (message === undefined) throw new Error('a message has no element');
  return message;
}

/** The XML of a receive, converted to JSON; a single message is not in a list. */
function jsonFormat(requestId: string): Format {
  const list = { begin: '{"Message":[', end: ']}' };
  const single = { begin: '{"Message":', end: '}' };
  const none = { begin: 'null', end: '' };
  const brackets = (isMany: boolean | undefined) => (isMany === undefined ? none : isMany ? list : single);
  return {
    type: 'application/json',
    begin: (isMany) => `{"ReceiveMessageResponse":{"ReceiveMessageResult":${brackets(isMany).begin}`,
    between: ',',
    end: (isMany) => `${brackets(isMany).end},"ResponseMetadata":${JSON.stringify({ RequestId: requestId })}}}`,
    message: (output) => JSON.stringify(toJson(messageElement(output)[1])),
  };
}

function xmlFormat(requestId: string): Format {
  const root = 'ReceiveMessageResponse';
  const metadata: Element = ['ResponseMetadata', [['RequestId', requestId]]];
  return {
    type: 'text/xml',
    begin: () => `<?xml version="1.0"?><${root} xmlns="${SQS_NAMESPACE}"><ReceiveMessageResult>`,
    between: '',
    end: () => `</ReceiveMessageResult>${toXml([metadata])}</${root}>`,
    message: (output) => toXml([messageElement(output)]),
  };
}

function* encodeMessages(messages: Iterable<Output>, format: Format): Generator<Uint8Array> {
  const iterator = messages[Symbol.iterator]();
  let next = iterator.next();
  let following = next.done ? next : iterator.next();
  const isMany = next.done ? undefined : !following.done;
  let text = format.begin(isMany);
  while (!next.done) {
    text += format.message(next.value) + (following.done ? '' : format.between);
    next = following;
    following = next.done ? next : iterator.next();
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text + format.end(isMany));
}

function messagesAnswer(messages: Iterable<Output>, { headers }: RequestHead): Answer {
  const requestId = randomUUID();
  const isAwsJson = headers['content-type'] === 'application/x-amz-json-1.0';
  const isJson = (headers.accept ?? '').includes('json');
  const format = isAwsJson ? AWS_JSON : isJson ? jsonFormat(requestId) : xmlFormat(requestId);
  const head = { 'content-type': format.type, 'x-amzn-requestid': requestId };
  return { status: 200, headers: head, body: encodeMessages(messages, format) };
}

/** The oldest message and the number of groups with messages: for a queue that is too long to be listed. */
function summaryOfQueue(
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

/** For scripts that wait for LocalStack: its health, and whether its `ready.d` hooks have finished. */
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
  if (path === HEALTH_PATH) {
    return jsonAnswer({ status: 'ok', services: { sqs: 'running', dynamodb: 'running', s3: 'running' } });
  }
  const localstack = localstackAnswer(path);
  if (localstack !== undefined) return jsonAnswer(localstack);
  const parameters = new URLSearchParams(query);
  if (path === QUEUE_PATH) return jsonAnswer(summaryOfQueue(engine, parameters));
  if (path === MESSAGES_PATH || path.startsWith(`${MESSAGES_PATH}/`)) {
    const request = readPeekRequest(parameters, path.slice(MESSAGES_PATH.length + 1));
    return messagesAnswer(peekMessages(engine, request), head);
  }
  throw new RequestFailure({ status: 404, code: 'NotFound', message: `The embedded AWS has nothing at ${path}.` });
}

/** Answers requests whose path begins with `/_`; no bucket's name begins with `_`. */
export function createDeveloperService(engine: SqsEngine): Service {
  return {
    receive: (head) =>
      bufferedBody(head, { maxBytes: 0 }, (request) => ({
        operation: 'local-aws:Look',
        run() {
          try {
            return answerOf(engine, request);
          } catch (error) {
            if (error instanceof SqsError) return queryXmlFormat('ReceiveMessage').error(error);
            throw error;
          }
        },
      })),
    failure: queryError,
  };
}
