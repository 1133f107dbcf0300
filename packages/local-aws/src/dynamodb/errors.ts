// The errors of the embedded DynamoDB, with AWS's names and namespaces.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html

import type { Output } from './input.ts';

const DYNAMODB = 'com.amazonaws.dynamodb.v20120810';
const SERVICE = 'com.amazon.coral.service';
const VALIDATE = 'com.amazon.coral.validate';

const NAMESPACES = {
  ValidationException: VALIDATE,
  SerializationException: SERVICE,
  UnknownOperationException: SERVICE,
  AccessDeniedException: SERVICE,
  ThrottlingException: 'com.amazon.coral.availability',
  InternalServerError: DYNAMODB,
  ResourceNotFoundException: DYNAMODB,
  ResourceInUseException: DYNAMODB,
  TableNotFoundException: DYNAMODB,
  LimitExceededException: DYNAMODB,
  ConditionalCheckFailedException: DYNAMODB,
  TransactionCanceledException: DYNAMODB,
  TransactionConflictException: DYNAMODB,
  IdempotentParameterMismatchException: DYNAMODB,
  ItemCollectionSizeLimitExceededException: DYNAMODB,
  ProvisionedThroughputExceededException: DYNAMODB,
} as const satisfies Record<string, string>;

export type DynamoDbErrorName = keyof typeof NAMESPACES;

/** Errors whose text is in the member `Message` instead of `message`. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set([
  'SerializationException',
  'AccessDeniedException',
  'TransactionCanceledException',
]);

/** The error with which AWS would refuse a call. */
export class DynamoDbError extends Error {
  /** The error's name in AWS's documentation. */
  readonly code: DynamoDbErrorName;
  readonly status: number;
  /** Members in addition to the message, e.g. `CancellationReasons` or `Item`. */
  readonly details: Output;

  constructor(code: DynamoDbErrorName, message: string, details: Output = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = code === 'InternalServerError' ? 500 : 400;
    this.details = details;
  }

  /** `__type` of the JSON protocol. */
  get shape(): string {
    return `${NAMESPACES[this.code]}#${this.code}`;
  }

  /** The body of the response in the JSON protocol. */
  body(): Output {
    const member = CAPITAL_MESSAGE.has(this.code) ? 'Message' : 'message';
    return { __type: this.shape, ...(this.message === '' ? {} : { [member]: this.message }), ...this.details };
  }
}

export function validationError(message: string): DynamoDbError {
  return new DynamoDbError('ValidationException', message);
}

/** `One or more parameter values were invalid: …`, as AWS words it. */
export function invalidParameters(reason: string): DynamoDbError {
  return validationError(`One or more parameter values were invalid: ${reason}`);
}

export function serializationError(message: string): DynamoDbError {
  return new DynamoDbError('SerializationException', message);
}

export function resourceNotFound(detail?: string): DynamoDbError {
  const message = 'Requested resource not found';
  return new DynamoDbError('ResourceNotFoundException', detail === undefined ? message : `${message}: ${detail}`);
}
