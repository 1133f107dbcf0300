// Numbers of AWS, and our choices within them, that more than one package reckons with.

/** Messages of one `ReceiveMessage` at most. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MAX_RECEIVE_MESSAGES = 10;

/** Bytes of a message that the queue takes: 16 KiB less than the dead-letter queue, so that the reason always fits beside the body. */
export const QUEUE_MESSAGE_BYTES = 1_032_192;
/** Bytes of a message that the dead-letter queue takes: SQS's largest. */
export const DLQ_MESSAGE_BYTES = 1_048_576;
