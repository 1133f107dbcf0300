// The errors of the simulated SQS, DynamoDB and S3, in the SDK's form.
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { SQSServiceException } from '@aws-sdk/client-sqs';

const metadata = (httpStatusCode: number) => ({ httpStatusCode, requestId: 'simulated', attempts: 1 });

const exceptionOptions = (name: string, message: string, status: number) => ({
  name,
  message,
  $fault: status >= 500 ? ('server' as const) : ('client' as const),
  $metadata: metadata(status),
});

export const dynamodbError = (name: string, message: string, status = 400) =>
  new DynamoDBServiceException(exceptionOptions(name, message, status));
export const s3Error = (name: string, message: string, status = 400) =>
  new S3ServiceException(exceptionOptions(name, message, status));
export const sqsError = (name: string, message: string, status = 400) =>
  new SQSServiceException(exceptionOptions(name, message, status));

/** The error of Node's HTTP client when no answer arrives. @param operation named in the message */
export function networkError(code: 'ECONNREFUSED' | 'ECONNRESET' | 'TimeoutError', operation: string): Error {
  const error = new Error(`${code === 'TimeoutError' ? 'Request timed out' : code}: ${operation}`);
  error.name = code === 'TimeoutError' ? code : 'Error';
  return Object.assign(error, { code: code === 'TimeoutError' ? 'ETIMEDOUT' : code });
}

/** The SDK's error when the caller's signal was aborted. */
export function abortError(): Error {
  const error = new Error('Request aborted');
  error.name = 'AbortError';
  return error;
}
