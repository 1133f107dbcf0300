// DynamoDB as it was, until its engine is here: a server that reads requests by itself.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Faults } from '../faults.ts';
import type { Listener } from './front.ts';
import { targetOperation } from './json.ts';
import type { RequestHead } from './service.ts';
import { withFaults } from './with-faults.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface LegacyRoute {
  readonly service: 'dynamodb';
  readonly operation: string;
  readonly handle: Handler;
}

function run(route: LegacyRoute, faults: Faults | undefined): Listener {
  return (request, response, expectsContinue) => {
    if (expectsContinue) response.writeContinue();
    if (faults === undefined) route.handle(request, response);
    else withFaults(faults, route, request, response);
  };
}

export function legacyDynamoDb(dynamodb: Server, faults: Faults | undefined) {
  const handle: Handler = (request, response) => void dynamodb.emit('request', request, response);
  return (head: RequestHead): Listener =>
    run({ service: 'dynamodb', operation: `dynamodb:${targetOperation(head)}`, handle }, faults);
}
