// The Query protocol of SQS and STS. Older SDKs, boto3's STS and AWS CLI before 2.15 speak it.

import { randomUUID } from 'node:crypto';
import { SqsError } from '../sqs/errors.ts';
import type { LongPolls } from '../sqs/long-polls.ts';
import { callerIdentity } from './caller-identity.ts';
import { MAX_PARAMETERS, queryInput } from './query-input.ts';
import { queryJsonReply, wantsJson } from './query-json.ts';
import { queryOutput } from './query-output.ts';
import { NO_QUEUE, queryError, SQS_NAMESPACE, xmlAnswer } from './query-protocol.ts';
import { type Answer, type Call, type Exchange, RequestFailure, type Service } from './service.ts';
import { MAX_SQS_BODY_BYTES, type Reply, runSqs } from './sqs-calls.ts';
import { wholeBody } from './whole-body.ts';

export function queryReply(operation: string): Reply {
  return {
    ok(output) {
      const requestId = randomUUID();
      const elements = queryOutput(operation, output, requestId);
      return xmlAnswer(200, { root: `${operation}Response`, namespace: SQS_NAMESPACE, elements, requestId });
    },
    failed({ status, code, queryCode, message }) {
      return queryError({ status, code: queryCode, message: code === 'QueueDoesNotExist' ? NO_QUEUE : message });
    },
  };
}

/** Refuses forms that would take long to parse. @throws {RequestFailure} */
function checkSize(form: string): void {
  let parameters = 1;
  for (let at = form.indexOf('&'); at >= 0; at = form.indexOf('&', at + 1)) {
    parameters += 1;
    if (parameters <= MAX_PARAMETERS) continue;
    throw new RequestFailure({
      status: 400,
      code: 'MalformedQueryString',
      message: `A request has at most ${MAX_PARAMETERS} parameters.`,
    });
  }
}

/** AWS's answer to a request for a queue's URL without an action. */
const UNKNOWN_OPERATION: Answer = {
  status: 404,
  headers: { 'content-type': 'text/xml' },
  body: '<UnknownOperationException/>',
};
/** Actions that need no queue: a queue's URL does not accept them. */
const WITHOUT_QUEUE = new Set(['CreateQueue', 'ListQueues']);

/** The parameters are in the body of a POST, or in the query of a GET or of a POST without a body. */
export function createQueryService(polls: LongPolls): Service {
  function callOf(exchange: Exchange, form: string): Call {
    checkSize(form);
    const parameters = new URLSearchParams(form);
    const name = parameters.get('Action') ?? '';
    if (name === '') return { operation: 'sqs:Unknown', run: () => UNKNOWN_OPERATION };
    if (name === 'GetCallerIdentity') {
      return { operation: 'sts:GetCallerIdentity', run: () => callerIdentity(polls.engine.accountId) };
    }
    const reply = wantsJson(exchange) ? queryJsonReply(name) : queryReply(name);
    return {
      operation: `sqs:${name}`,
      run(refused) {
        if (exchange.path.length > 1 && WITHOUT_QUEUE.has(name)) {
          return reply.failed(new SqsError('InvalidAction', `The action ${name} is not valid for this endpoint.`));
        }
        return runSqs(polls, name, () => queryInput(parameters, exchange.path), exchange, reply, refused);
      },
    };
  }

  return {
    receive: (head) =>
      wholeBody(head, { maxBytes: MAX_SQS_BODY_BYTES }, (exchange, body) =>
        callOf(exchange, exchange.method === 'GET' || body.length === 0 ? exchange.query : body.toString()),
      ),
    failure: queryError,
  };
}
