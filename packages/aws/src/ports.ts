// What the protocol needs from the world. In production thin adapters over the AWS SDK stand behind these, in the
// simulation the same adapters over models. No module of the protocol reads a clock or throws dice in any other way.

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A version-4 UUID. */
  uuid(): string;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One attribute of an SQS message, as the SDK gives it. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface OutgoingMessage {
  readonly body: string;
  readonly groupId: string;
  readonly deduplicationId: string;
  readonly attributes?: MessageAttributes | undefined;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Undefined only for what somebody put into a standard queue. */
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
  /** 1 for the first delivery. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly sentOn: number;
  readonly attributes: MessageAttributes;
}

/** An entry of a batch that was refused; the others of the batch took effect. */
export interface BatchFailure {
  /** Position in the given list. */
  readonly index: number;
  /** AWS's code, e.g. `ReceiptHandleIsInvalid`. */
  readonly code: string;
  readonly message: string;
  /** True when sending the same again cannot help. */
  readonly senderFault: boolean;
}

export interface ReceiveRequest extends CallOptions {
  /** 1 to 10. */
  readonly max: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
}

export interface VisibilityChange {
  readonly receiptHandle: string;
  /** 0 to 43,200. */
  readonly seconds: number;
}

export interface QueueStatus {
  /** Approximate, as SQS counts. */
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly maximumMessageBytes: number;
}

/** One SQS queue. Batches have at most 10 entries; whole-call errors are thrown as the SDK throws them. */
export interface QueuePort {
  readonly name: string;
  send(messages: readonly OutgoingMessage[], options?: CallOptions): Promise<readonly BatchFailure[]>;
  receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]>;
  delete(receiptHandles: readonly string[], options?: CallOptions): Promise<readonly BatchFailure[]>;
  changeVisibility(changes: readonly VisibilityChange[], options?: CallOptions): Promise<readonly BatchFailure[]>;
  status(options?: CallOptions): Promise<QueueStatus>;
}
