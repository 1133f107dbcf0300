// Which requests are accepted, judged by their headers alone. Over sockets: ../web-pages.test.ts.

import type { IncomingHttpHeaders } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { refusalOf } from '../../src/http/web-pages.ts';
import { createLab, startLocalAws } from '../../src/index.ts';
import { SIGNED } from '../support/server.ts';

const ask = (headers: IncomingHttpHeaders, { method = 'GET', url = '/bucket/key', localNamesOnly = true } = {}) =>
  refusalOf({ method, url, headers: { host: 'localhost:4566', ...SIGNED, ...headers } }, localNamesOnly)?.code ??
  'answered';

describe('the host of a request', () => {
  test.each([
    'localhost',
    'localhost:4566',
    'LOCALHOST',
    'localhost.',
    '127.0.0.1:80',
    '127.1.2.3',
    '[::1]:4566',
    'bucket.localhost',
    'my.bucket.s3.localhost:4566',
    'localhost.localstack.cloud:4566',
    'bucket.s3.localhost.localstack.cloud',
  ])('%s is accepted', (host) => {
    expect(ask({ host })).toBe('answered');
  });

  test.each([
    '',
    'evil.example',
    'localhost.evil.example',
    'localhost.evil.example:8080',
    'localhost:80.evil.example',
    'localhost:8080x',
    'evil-localhost',
    'evil.example:localhost',
    'notlocalhost:4566',
    'localhost.localstack.cloud.evil.example',
    'evil.example/localhost',
    'localstack.cloud',
    '127.0.0.1.evil.example',
    '127.0.0.1:80:80',
    '128.0.0.1',
    '0.0.0.0:4566',
    '10.127.0.0.1',
    '[::]',
    '[::1',
    'user@localhost',
    'localhost\nevil',
    'xlocalhost.',
  ])('%j is refused', (host) => {
    expect(ask({ host })).toBe('AccessDenied');
    expect(ask({ host }, { localNamesOnly: false })).toBe('answered');
  });

  test('must not be missing', () => {
    expect(ask({ host: undefined })).toBe('AccessDenied');
  });
});

describe('a request caused by a web page', () => {
  test.each([
    ['origin', 'http://localhost:4566'],
    ['origin', 'null'],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
    ['sec-fetch-site', 'same-origin'],
    ['sec-fetch-site', 'future-site'],
    ['sec-purpose', 'prefetch'],
    ['purpose', 'prefetch'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
  ])('is refused by its header %s: %s', (name, value) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
      expect([method, ask({ [name]: value }, { method })]).toEqual([method, 'AccessDenied']);
    }
    expect(ask({ [name]: value }, { url: '/_local-aws/lab/clock' })).toBe('AccessDenied');
    expect(ask({ [name]: value }, { url: '/_local-aws/health' })).toBe('AccessDenied');
  });

  test('is accepted when it was typed into the address bar', () => {
    expect(ask({ 'sec-fetch-site': 'none' })).toBe('answered');
  });
});

describe('the signature of a request', () => {
  const unsigned = { authorization: undefined };
  test.each([
    ['GET', '/_local-aws/health', 'answered'],
    ['GET', '/_local-aws/queue?QueueUrl=x', 'answered'],
    ['HEAD', '/_aws/sqs/messages/us-east-1/0/q', 'answered'],
    ['GET', '/_localstack/init/ready', 'answered'],
    // Needs no signature: the lab requires its own token.
    ['POST', '/_local-aws/lab/clock', 'answered'],
    ['POST', '/_local-aws/health', 'MissingAuthenticationToken'],
    ['DELETE', '/_aws/sqs/messages', 'MissingAuthenticationToken'],
    ['GET', '/_aws/sqs/messagesx', 'MissingAuthenticationToken'],
    ['GET', '/_local-aws/queue/x', 'MissingAuthenticationToken'],
    ['GET', '/_local-aws/laboratory', 'MissingAuthenticationToken'],
    ['GET', '/bucket/key?Signature=', 'MissingAuthenticationToken'],
    ['GET', '/bucket/key?NoSignature=x', 'MissingAuthenticationToken'],
    ['GET', '/bucket/key?Signature=x', 'answered'],
    ['PUT', '/bucket/key?a=b&X-Amz-Signature=x', 'answered'],
    ['POST', '/bucket/key?X-Amz-Signature=x', 'MissingAuthenticationToken'],
    ['GET', '/?Action=ListQueues&X-Amz-Signature=x', 'answered'],
    ['GET', '/?Action=ListQueues&Action=DeleteQueue&X-Amz-Signature=x', 'AccessDenied'],
    ['HEAD', '/?Action=DeleteQueue&X-Amz-Signature=x', 'AccessDenied'],
    ['GET', '/?Action=Listen&X-Amz-Signature=x', 'AccessDenied'],
  ])('without a header: %s %s → %s', (method, url, expected) => {
    expect(ask(unsigned, { method, url })).toBe(expected);
  });

  test.each([
    ['AWS4-HMAC-SHA256 Credential=x', 'answered'],
    ['AWS4-ECDSA-P256-SHA256 Credential=x', 'answered'],
    ['AWS key:signature', 'answered'],
    ['AWS key', 'MissingAuthenticationToken'],
    ['AWS4-HMAC-SHA1 Credential=x', 'MissingAuthenticationToken'],
    ['x AWS4-HMAC-SHA256 Credential=x', 'MissingAuthenticationToken'],
    ['Bearer x', 'MissingAuthenticationToken'],
  ])('is read from the authorization "%s": %s', (authorization, expected) => {
    expect(ask({ authorization }, { method: 'PUT' })).toBe(expected);
  });
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

test.each(['127.0.0.1', 'localhost', ...(hasIpv6 ? ['::1'] : [])])(
  'a lab may listen on %s, and is reached at its endpoint',
  async (host) => {
    const aws = await startLocalAws({ lab: createLab(), host });
    try {
      expect((await fetch(`${aws.endpoint}/_local-aws/health`)).status).toBe(200);
    } finally {
      await aws.close();
    }
  },
);
