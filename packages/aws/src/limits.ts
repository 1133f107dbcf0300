// Limits of AWS, and our choices within them, that several packages use.

/**
 * The largest number of messages of one `ReceiveMessage`.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export const MAX_RECEIVE_MESSAGES = 10;

/**
 * The queue's largest message in bytes: 16 KiB less than the dead-letter queue's, so that the failure reason always
 * fits beside the body.
 */
export const QUEUE_MESSAGE_BYTES = 1_032_192;
/** The dead-letter queue's largest message in bytes, which is SQS's largest. */
export const DLQ_MESSAGE_BYTES = 1_048_576;
