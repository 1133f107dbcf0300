// Which errors are about access, and the advice and the endpoint that their text contains.
import { describe, expect, test } from '@jest/globals';
import { credentialsError, endpointName, isMissingCredentials } from '../src/index.ts';
import { refusal } from './fake-aws.ts';

const AWS = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const EMULATOR = { ...AWS, endpoint: 'http://me:secret@127.0.0.1:4566' };
const MIXED = { ...AWS, endpoints: { dynamodb: 'http://127.0.0.1:8000' } };
const CHECK = '`aws sts get-caller-identity` shows whether it works';

describe('endpointName', () => {
  test.each([
    ['AWS', AWS, 'AWS eu-west-1'],
    ['an endpoint that is not AWS, without its password', EMULATOR, 'http://127.0.0.1:4566'],
    ['several', MIXED, 'sqs at AWS eu-west-1, dynamodb at http://127.0.0.1:8000, s3 at AWS eu-west-1'],
    // STS is called only for the account, so its endpoint is not listed.
    ['one, wherever STS is', { ...AWS, endpoints: { sts: 'http://127.0.0.1:1' } }, 'AWS eu-west-1'],
  ])('names the AWS region or the endpoints in use: %s', (_, settings, name) => {
    expect(endpointName(settings)).toBe(name);
  });
});

describe('credentialsError', () => {
  const NO_CREDENTIALS_ERRORS = ['CredentialsProviderError', 'TokenProviderError'];
  const REJECTED_CREDENTIALS_ERRORS = [
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
  ];

  test.each(NO_CREDENTIALS_ERRORS)('advises to set credentials when none were found to sign with (%s)', (name) => {
    const error = refusal(name);
    expect(isMissingCredentials(error)).toBe(true);
    expect(credentialsError(error, AWS)).toMatchObject({ code: 'no_credentials', cause: error });
    const { message } = credentialsError(error, AWS) ?? {};
    expect(message).toContain(
      `AWS eu-west-1 gave no access (${name}: ${name}). Set the credentials that the AWS CLI uses`,
    );
    expect(message).toContain(CHECK);
  });

  test.each(REJECTED_CREDENTIALS_ERRORS)('advises to renew credentials that AWS does not accept (%s)', (name) => {
    const error = refusal(name);
    expect(isMissingCredentials(error)).toBe(false);
    expect(credentialsError(error, AWS)).toMatchObject({ code: 'no_credentials', cause: error });
    const { message } = credentialsError(error, AWS) ?? {};
    expect(message).toContain(
      `The credentials are expired or unknown there: renew them (\`aws sso login\`). ${CHECK}.`,
    );
  });

  test('leaves an error about permissions or signatures unchanged', () => {
    for (const name of ['AccessDenied', 'AccessDeniedException', 'SignatureDoesNotMatch', 'Error']) {
      expect(credentialsError(refusal(name), AWS)).toBeUndefined();
    }
  });

  test('suggests MOVIE_LOAD_TRUST_ENDPOINT only where no data is at AWS', () => {
    const text = 'allow that with MOVIE_LOAD_TRUST_ENDPOINT=true.';
    expect(credentialsError(refusal('InvalidAccessKeyId'), EMULATOR)?.message).toContain(text);
    const endpoints = { sqs: 'http://127.0.0.1:1', dynamodb: 'http://127.0.0.1:2', s3: 'http://127.0.0.1:3' };
    expect(credentialsError(refusal('InvalidAccessKeyId'), { ...AWS, endpoints })?.message).toContain(text);
    expect(credentialsError(refusal('InvalidAccessKeyId'), MIXED)?.message).not.toContain(text);
    expect(credentialsError(refusal('InvalidAccessKeyId'), AWS)?.message).not.toContain(text);
  });

  test('names a missing profile before any other advice', () => {
    const settings = { ...AWS, missingProfile: 'work' };
    for (const name of [...NO_CREDENTIALS_ERRORS, 'ExpiredToken']) {
      const { message } = credentialsError(refusal(name), settings) ?? {};
      expect(message).toContain('AWS_PROFILE names the profile "work", which is in neither');
      expect(message).toContain('`aws configure list-profiles`');
    }
  });
});
