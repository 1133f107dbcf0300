// The Query protocol of SQS and STS. Older SDKs, boto3's STS and AWS CLI before 2.15 speak it.

import { randomUUID } from 'node:crypto';
import type { LongPolls } from '../sqs/long-polls.ts';
import { callerIdentity } from './caller-identity.ts';
import { queryInput } from './query-input.ts';
import { queryOutput } from './query-output.ts';
import { queryError, SQS_NAMESPACE, xmlAnswer } from './query-protocol.ts';
import type { Call, Exchange, Service } from './service.ts';
import { MAX_SQS_BODY_BYTES, type Reply, runSqs } from './sqs-calls.ts';
import { wholeBody } from './whole-body.ts';

const NO_QUEUE = 'The specified queue does not exist for this wsdl version.';

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

/** The parameters are the body of a POST, or the query of a GET. */
export function createQueryService(polls: LongPolls): Service {
  function callOf(exchange: Exchange, form: string): Call {
    const parameters = new URLSearchParams(form);
    const name = parameters.get('Action') ?? '';
    if (name === 'GetCallerIdentity') {
      return { operation: 'sts:GetCallerIdentity', run: () => callerIdentity(polls.engine.accountId) };
    }
    return {
      operation: `sqs:${name}`,
      run: () => runSqs(polls, name, () => queryInput(parameters, exchange.path), exchange, queryReply(name)),
    };
  }

  return {
    receive: (head) =>
      wholeBody(head, { maxBytes: MAX_SQS_BODY_BYTES }, (exchange, body) =>
        callOf(exchange, exchange.method === 'GET' ? exchange.query : body.toString()),
      ),
    failure: queryError,
  };
}
