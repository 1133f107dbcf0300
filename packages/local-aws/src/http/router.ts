// Which service a request is for, and its way there. The SDKs name SQS and DynamoDB in the `X-Amz-Target` header, the
// Query protocol is a form with an `Action`, and everything else is S3's.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { buildApp } from 'fauxqs';
import type { Faults, OperationName } from '../faults.ts';
import type { LongPolls } from '../sqs/long-polls.ts';
import type { Service } from './aws-errors.ts';
import { readBody } from './body.ts';
import { answerCallerIdentity } from './caller-identity.ts';
import { answerDeveloper } from './developer-endpoints.ts';
import { s3Operation, targetOperation } from './operation-name.ts';
import { queryInput } from './query-input.ts';
import { withS3Extras } from './s3-extras.ts';
import { jsonReply, parseJson } from './sqs-json.ts';
import { queryReply } from './sqs-query.ts';
import { serveSqs } from './sqs-service.ts';
import { isForeignName, isOfWebPage, refuseWebPage } from './web-pages.ts';
import { withFaults } from './with-faults.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A request's service, operation and handler. */
export interface Route {
  readonly service: Service;
  readonly operation: OperationName;
  readonly handle: Handler;
}

export interface Services {
  readonly polls: LongPolls;
  readonly dynamodb: Server;
  readonly s3: ReturnType<typeof buildApp>;
  readonly faults: Faults | undefined;
  /** Refuse what comes by another name than those of this machine. */
  readonly localNamesOnly: boolean;
}

const FORM = 'application/x-www-form-urlencoded';

/** The request listener of the whole embedded AWS. */
export function createRouter(services: Services): Handler {
  const { polls, dynamodb, faults, localNamesOnly } = services;
  const s3Handler = withS3Extras(services.s3);

  function jsonRoute(name: string): Route {
    return {
      service: 'sqs',
      operation: `sqs:${name}`,
      handle: (request, response) =>
        readBody(request, (body) =>
          serveSqs(polls, name, () => parseJson(body), { request, response }, jsonReply(response)),
        ),
    };
  }

  function queryRoute(parameters: URLSearchParams, path: string): Route {
    const name = parameters.get('Action') ?? '';
    if (name === 'GetCallerIdentity') {
      const handle: Handler = (_, response) => answerCallerIdentity(response, polls.engine.accountId);
      return { service: 'query', operation: 'sts:GetCallerIdentity', handle };
    }
    return {
      service: 'query',
      operation: `sqs:${name}`,
      handle: (request, response) =>
        serveSqs(polls, name, () => queryInput(parameters, path), { request, response }, queryReply(name, response)),
    };
  }

  function run(route: Route, request: IncomingMessage, response: ServerResponse): void {
    if (faults === undefined) route.handle(request, response);
    else withFaults(faults, route, request, response);
  }

  return (request, response) => {
    if (isOfWebPage(request) || (localNamesOnly && isForeignName(request))) {
      refuseWebPage(request, response);
      return;
    }
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      const name = targetOperation(target);
      if (target.startsWith('AmazonSQS.')) {
        run(jsonRoute(name), request, response);
      } else {
        const handle: Handler = (req, res) => void dynamodb.emit('request', req, res);
        run({ service: 'dynamodb', operation: `dynamodb:${name}`, handle }, request, response);
      }
      return;
    }
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    if (request.method === 'POST' && request.headers['content-type']?.startsWith(FORM)) {
      readBody(request, (body) => run(queryRoute(new URLSearchParams(body.toString()), path), request, response));
    } else if (request.method === 'GET' && /(?:^|&)Action=/.test(query)) {
      run(queryRoute(new URLSearchParams(query), path), request, response);
    } else if (!path.startsWith('/_') || !answerDeveloper(polls.engine, request, response)) {
      run({ service: 's3', operation: s3Operation(request), handle: s3Handler }, request, response);
    }
  };
}
