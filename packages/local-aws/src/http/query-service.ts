// The Query protocol of SQS and STS. Older SDKs, boto3's STS and AWS CLI before 2.15 speak it.

import { randomUUID } from 'node:crypto';
import { SqsError } from '../sqs/errors.ts';
import type { LongPolls } from '../sqs/long-polls.ts';
import { bufferedBody } from './buffered-body.ts';
import { callerIdentity } from './caller-identity.ts';
import { MAX_PARAMETERS, queryInput } from './query-input.ts';
import { queryJsonFormat, wantsJson } from './query-json.ts';
import { queryOutput } from './query-output.ts';
import { QUEUE_DOES_NOT_EXIST, queryError, SQS_NAMESPACE, xmlAnswer } from './query-protocol.ts';
import { type Answer, type Call, type ReceivedRequest, RequestFailure, type Service } from './service.ts';
import { type AnswerFormat, MAX_SQS_BODY_BYTES, runSqs } from './sqs-calls.ts';

export function queryXmlFormat(operation: string): AnswerFormat {
  return {
    ok(output) {
      const requestId = randomUUID();
      const elements = queryOutput(operation, output, requestId);
      return xmlAnswer(200, { root: `${operation}Response`, namespace: SQS_NAMESPACE, elements, requestId });
    },
    error({ status, code, queryCode, message }) {
      return queryError({
        status,
        code: queryCode,
        message: code === 'QueueDoesNotExist' ? QUEUE_DOES_NOT_EXIST : message,
      });
    },
  };
}

/** @throws {RequestFailure} for a form with too many parameters, which would take long to parse */
function checkParameterCount(form: string): void {
  let parameters = 1;
  for (let ampersand = form.indexOf('&'); ampersand >= 0; ampersand = form.indexOf('&', ampersand + 1)) {
    parameters += 1;
    if (parameters <= MAX_PARAMETERS) continue;
    throw new RequestFailure({
      status: 400,
      code: 'MalformedQueryString',
      message: `A request has at most ${MAX_PARAMETERS} parameters.`,
    });
  }
}

/** AWS's answer to a request without an action. */
const NO_ACTION_ANSWER: Answer = {
  status: 404,
  headers: { 'content-type': 'text/xml' },
  body: '<UnknownOperationException/>',
};
/** Actions that have no queue: AWS refuses them at a queue's URL. */
const ACTIONS_WITHOUT_QUEUE = new Set(['CreateQueue', 'ListQueues']);

/** Reads the parameters from the body of a POST, or from the query of a GET or of a POST without a body. */
export function createQueryService(polls: LongPolls): Service {
  function callOf(request: ReceivedRequest, form: string): Call {
    checkParameterCount(form);
    const parameters = new URLSearchParams(form);
    const name = parameters.get('Action') ?? '';
    if (name === '') return { operation: 'sqs:Unknown', run: () => NO_ACTION_ANSWER };
    if (name === 'GetCallerIdentity') {
      return { operation: 'sts:GetCallerIdentity', run: () => callerIdentity(polls.engine.accountId) };
    }
    const format = wantsJson(request) ? queryJsonFormat(name) : queryXmlFormat(name);
    return {
      operation: `sqs:${name}`,
      run(entriesFault) {
        if (request.path.length > 1 && ACTIONS_WITHOUT_QUEUE.has(name)) {
          return format.error(new SqsError('InvalidAction', `The action ${name} is not valid for this endpoint.`));
        }
        return runSqs(polls, name, () => queryInput(parameters, request.path), request, format, entriesFault);
      },
    };
  }

  return {
    receive: (head) =>
      bufferedBody(head, { maxBytes: MAX_SQS_BODY_BYTES }, (request, body) =>
        callOf(request, request.method === 'GET' || body.length === 0 ? request.query : body.toString()),
      ),
    failure: queryError,
  };
}
