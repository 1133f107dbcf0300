// DynamoDB and S3 as they were, until their engines are here: servers that read requests by themselves.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { buildApp } from 'fauxqs';
import type { Faults } from '../faults.ts';
import type { Listener } from './front.ts';
import { targetOperation } from './json.ts';
import { s3Operation } from './operation-name.ts';
import { withS3Extras } from './s3-extras.ts';
import type { RequestHead } from './service.ts';
import { withFaults } from './with-faults.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface LegacyRoute {
  readonly service: 'dynamodb' | 's3';
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

export function legacyS3(s3: ReturnType<typeof buildApp>, faults: Faults | undefined): Listener {
  const handle = withS3Extras(s3);
  return (request, response, expectsContinue) =>
    run({ service: 's3', operation: s3Operation(request), handle }, faults)(request, response, expectsContinue);
}
