// Which errors are about access, and the advice and the endpoint that their text contains.
import { describe, expect, test } from '@jest/globals';
import { endpointName, hasNoCredentials, noAccess } from '../src/index.ts';
import { refusal } from './fake-aws.ts';

const AWS = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const OWN = { ...AWS, endpoint: 'http://me:secret@127.0.0.1:4566' };
const APART = { ...AWS, endpoints: { dynamodb: 'http://127.0.0.1:8000' } };
const CHECK = '`aws sts get-caller-identity` shows whether it works';

describe('endpointName', () => {
  test.each([
    ['AWS', AWS, 'AWS eu-west-1'],
    ['an endpoint that is not AWS, without its password', OWN, 'http://127.0.0.1:4566'],
    ['several', APART, 'sqs at AWS eu-west-1, dynamodb at http://127.0.0.1:8000, s3 at AWS eu-west-1'],
    // STS is called only for the account, so its endpoint is not listed.
    ['one, wherever STS is', { ...AWS, endpoints: { sts: 'http://127.0.0.1:1' } }, 'AWS eu-west-1'],
  ])('names the AWS region or the endpoints in use: %s', (_, settings, name) => {
    expect(endpointName(settings)).toBe(name);
  });
});

describe('noAccess', () => {
  const NOT_FOUND = ['CredentialsProviderError', 'TokenProviderError'];
  const NOT_ACCEPTED = [
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
  ];

  test.each(NOT_FOUND)('advises to set credentials when none were found to sign with (%s)', (name) => {
    const error = refusal(name);
    expect(hasNoCredentials(error)).toBe(true);
    expect(noAccess(error, AWS)).toMatchObject({ code: 'no_credentials', cause: error });
    const { message } = noAccess(error, AWS) ?? {};
    expect(message).toContain(
      `AWS eu-west-1 gave no access (${name}: ${name}). Set the credentials that the AWS CLI uses`,
    );
    expect(message).toContain(CHECK);
  });

  test.each(NOT_ACCEPTED)('advises to renew credentials that AWS does not accept (%s)', (name) => {
    const error = refusal(name);
    expect(hasNoCredentials(error)).toBe(false);
    expect(noAccess(error, AWS)).toMatchObject({ code: 'no_credentials', cause: error });
    const { message } = noAccess(error, AWS) ?? {};
    expect(message).toContain(`They are expired or not known there: renew them (\`aws sso login\`). ${CHECK}.`);
  });

  test('leaves an error about permissions or signatures unchanged', () => {
    for (const name of ['AccessDenied', 'AccessDeniedException', 'SignatureDoesNotMatch', 'Error']) {
      expect(noAccess(refusal(name), AWS)).toBeUndefined();
    }
  });

  test('suggests MOVIE_LOAD_TRUST_ENDPOINT where all services are at one endpoint that is not AWS', () => {
    const text = 'allow that with MOVIE_LOAD_TRUST_ENDPOINT=true.';
    expect(noAccess(refusal('InvalidAccessKeyId'), OWN)?.message).toContain(text);
    expect(noAccess(refusal('InvalidAccessKeyId'), APART)?.message).not.toContain(text);
  });

  test('names a missing profile before any other advice', () => {
    const settings = { ...AWS, missingProfile: 'work' };
    for (const name of [...NOT_FOUND, 'ExpiredToken']) {
      const { message } = noAccess(refusal(name), settings) ?? {};
      expect(message).toContain('AWS_PROFILE names the profile "work", which is in neither');
      expect(message).toContain('`aws configure list-profiles`');
    }
  });
});
