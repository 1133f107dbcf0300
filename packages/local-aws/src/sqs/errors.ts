// Every refusal of the embedded SQS, with AWS's names in both protocols.

interface ErrorKind {
  /** The shape's name in the JSON protocol (`__type`). */
  readonly shape: string;
  /** The code in the Query protocol, and in the JSON protocol's `x-amzn-query-error` header. */
  readonly queryCode: string;
  /** The HTTP status; by default AWS answers 400 in both protocols. */
  readonly status: number;
  readonly message: string;
}

const PREFIX = 'AWS.SimpleQueueService.';

function kind(name: string, message: string, options: Partial<ErrorKind> = {}): ErrorKind {
  return { shape: `com.amazonaws.sqs#${name}`, queryCode: name, status: 400, message, ...options };
}

const KINDS = {
  QueueDoesNotExist: kind('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: `${PREFIX}NonExistentQueue`,
  }),
  QueueNameExists: kind('QueueNameExists', 'A queue already exists with the same name and a different value.', {
    queryCode: 'QueueAlreadyExists',
  }),
  BatchEntryIdsNotDistinct: kind(
    'BatchEntryIdsNotDistinct',
    'Two or more batch entries in the request have the same Id.',
    {
      queryCode: `${PREFIX}BatchEntryIdsNotDistinct`,
    },
  ),
  BatchRequestTooLong: kind('BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes.', {
    queryCode: `${PREFIX}BatchRequestTooLong`,
  }),
  EmptyBatchRequest: kind('EmptyBatchRequest', 'There should be at least one entry in the request.', {
    queryCode: `${PREFIX}EmptyBatchRequest`,
  }),
  InvalidBatchEntryId: kind(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    { queryCode: `${PREFIX}InvalidBatchEntryId` },
  ),
  TooManyEntriesInBatchRequest: kind('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.', {
    queryCode: `${PREFIX}TooManyEntriesInBatchRequest`,
  }),
  MessageNotInflight: kind('MessageNotInflight', 'The message referred to is not in flight.', {
    queryCode: `${PREFIX}MessageNotInflight`,
  }),
  PurgeQueueInProgress: kind(
    'PurgeQueueInProgress',
    'Only one PurgeQueue operation on this queue is allowed every 60 seconds.',
    { queryCode: `${PREFIX}PurgeQueueInProgress`, status: 403 },
  ),
  UnsupportedOperation: kind('UnsupportedOperation', 'The operation is not supported.', {
    queryCode: `${PREFIX}UnsupportedOperation`,
  }),
  ReceiptHandleIsInvalid: kind('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', { status: 404 }),
  InvalidAttributeName: kind('InvalidAttributeName', 'Unknown attribute.'),
  InvalidAttributeValue: kind('InvalidAttributeValue', 'Invalid attribute value.'),
  InvalidMessageContents: kind(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  ),
  InvalidAddress: kind('InvalidAddress', 'The address is not valid for this endpoint.', { status: 404 }),
  OverLimit: kind('OverLimit', 'Too many messages in flight.', { status: 403 }),
  ResourceNotFoundException: kind('ResourceNotFoundException', 'The resource does not exist.', { status: 404 }),
  InvalidParameterValue: kind('InvalidParameterValue', 'Invalid parameter value.', {
    shape: 'com.amazon.coral.service#InvalidParameterValueException',
  }),
  MissingParameter: kind('MissingParameter', 'A required parameter is missing.', {
    shape: 'com.amazon.coral.service#MissingRequiredParameterException',
  }),
  InvalidAction: kind('InvalidAction', 'The action is not valid for this endpoint.', {
    shape: 'com.amazon.coral.service#UnknownOperationException',
  }),
  SerializationException: kind('SerializationException', 'The request could not be read.', {
    shape: 'com.amazon.coral.service#SerializationException',
    queryCode: 'MalformedInput',
  }),
  InternalFailure: kind('InternalFailure', 'The request failed because of an internal error.', {
    shape: 'com.amazon.coral.service#InternalFailure',
    status: 500,
  }),
} as const satisfies Record<string, ErrorKind>;

export type SqsErrorName = keyof typeof KINDS;

/** A call, or one entry of a batch, that AWS would refuse. */
export class SqsError extends Error {
  /** The error's name in AWS's documentation. */
  readonly code: SqsErrorName;
  readonly shape: string;
  readonly queryCode: string;
  readonly status: number;

  constructor(code: SqsErrorName, message?: string) {
    const errorKind = KINDS[code];
    super(message ?? errorKind.message);
    this.name = code;
    this.code = code;
    this.shape = errorKind.shape;
    this.queryCode = errorKind.queryCode;
    this.status = errorKind.status;
  }

  /**
   * The name in a batch's entry: `InvalidParameterValueException` of
   * `com.amazon.coral.service#InvalidParameterValueException`.
   */
  get shapeName(): string {
    return this.shape.slice(this.shape.indexOf('#') + 1);
  }

  /** `SenderFault` in a batch's answer: the caller caused the error, not the service. */
  get isSenderFault(): boolean {
    return this.status < 500;
  }
}

/** `Value … for parameter … is invalid. Reason: …`, AWS's text. */
export function invalidValue(parameter: string, value: unknown, reason: string): SqsError {
  return new SqsError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );
}

export function missingParameter(parameter: string): SqsError {
  return new SqsError('MissingParameter', `The request must contain the parameter ${parameter}.`);
}

export function expiredReceiptHandle(receiptHandle: string): SqsError {
  return invalidValue('ReceiptHandle', receiptHandle, 'The receipt handle has expired.');
}

/** For a receipt handle whose message no longer exists. */
export function unavailableMessage(receiptHandle: string): SqsError {
  const reason = 'Message does not exist or is not available for visibility timeout change.';
  return invalidValue('ReceiptHandle', receiptHandle, reason);
}

const MAX_VISIBILITY_MS = 43_200_000;

/** @throws {SqsError} when a message would be hidden for more than twelve hours after its receive */
export function checkTotalVisibility(visibilityMs: number, sinceReceiveMs: number): void {
  if (visibilityMs + sinceReceiveMs <= MAX_VISIBILITY_MS) return;
  throw invalidValue(
    'VisibilityTimeout',
    visibilityMs / 1000,
    'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
  );
}
