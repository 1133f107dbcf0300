// Finds the service of a request. The SDKs name SQS and DynamoDB in the `X-Amz-Target` header, a signature names its
// service, the Query protocol is a form with an `Action`, and paths that begin with `/_` are the developer endpoints. All
// other requests are for S3.

import type { RequestHead } from './service.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** `Credential=<key>/<date>/<region>/<service>/aws4_request`, in a header or, with `%2F`, in a URL. */
const CREDENTIAL_SCOPE =
  /Credential=[^/%,&]{1,256}(?:\/|%2F)\d{8}(?:\/|%2F)([^/%]{1,64})(?:\/|%2F)([^/%]{1,64})(?:\/|%2F)aws4_request/i;

export type ServiceName = 'sqsJson' | 'query' | 'dynamodb' | 's3' | 'developer' | 'unknown';

/** The region that a request is signed for. */
export function signedRegion({ headers, query }: RequestHead): string | undefined {
  return CREDENTIAL_SCOPE.exec(headers.authorization ?? query)?.[1];
}

/** Chooses the service of a request by its head. */
export function serviceNameOf({ method, path, query, headers }: RequestHead): ServiceName {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    if (target.startsWith('AmazonSQS.')) return 'sqsJson';
    return target.startsWith('DynamoDB') ? 'dynamodb' : 'unknown';
  }
  const scope = CREDENTIAL_SCOPE.exec(headers.authorization ?? query)?.[2];
  if (scope === 's3') return 's3';
  if (scope === 'sqs' || scope === 'sts') return path.startsWith('/_') ? 'developer' : 'query';
  if (method === 'POST' && headers['content-type']?.startsWith(FORM_TYPE)) return 'query';
  if (method === 'GET' && /(?:^|&)Action=/.test(query)) return 'query';
  return path.startsWith('/_') ? 'developer' : 's3';
}
