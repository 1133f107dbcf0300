// The interfaces through which the protocol uses the outside world. In production they are thin adapters over the AWS
// SDK, in the simulation the same adapters over models; `resilient-ports.ts` adds the policy for calls. The protocol
// reads time and random numbers only through them.

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '@movie-load/schema';

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A version-4 UUID. */
  uuid(): string;
}

/** How long a call may continue, and how often it may be tried. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * The largest number of attempts, instead of the port's policy (see `CallPolicy`); ports without a policy try once.
   */
  readonly maxAttempts?: number | undefined;
  /** Throws `MovieLoadError` `dependency_away` where the call would wait for an open breaker. */
  readonly failsFast?: boolean | undefined;
}

/** One attribute of an SQS message, as the SDK returns it. */
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
  /** Undefined only for a message in a standard queue. */
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
  /** 1 for the first delivery. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly sentOn: number;
  /** In a dead-letter queue: the ARN of the queue that SQS itself moved the message from. */
  readonly movedFrom?: string | undefined;
  readonly attributes: MessageAttributes;
}

/** An entry of a batch that the service refused; entries that are not reported took effect. */
export interface BatchFailure {
  /** Index in the given list. */
  readonly index: number;
  /** AWS's code, e.g. `ReceiptHandleIsInvalid`. */
  readonly code: string;
  readonly message: string;
  /** AWS's flag for an entry that the sender must change; AWS also sets it for throttled ones: see `classifyEntry`. */
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
  /**
   * Milliseconds since the epoch at SQS, whose clock sets each message's `sentOn`; up to a second behind. Undefined
   * where answers have no date.
   */
  readonly now?: number | undefined;
}

/**
 * One SQS queue. Batches have at most 10 entries and return the entries that failed; a call that fails as a whole
 * throws the SDK's error.
 */
export interface QueuePort {
  readonly name: string;
  send(messages: readonly OutgoingMessage[], options?: CallOptions): Promise<readonly BatchFailure[]>;
  receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]>;
  delete(receiptHandles: readonly string[], options?: CallOptions): Promise<readonly BatchFailure[]>;
  changeVisibility(changes: readonly VisibilityChange[], options?: CallOptions): Promise<readonly BatchFailure[]>;
  status(options?: CallOptions): Promise<QueueStatus>;
}

/**
 * One attribute value in DynamoDB's own form, e.g. `{ S: 'text' }`: converted by hand where that is
 * performance-critical.
 */
export type { AttributeValue } from '@aws-sdk/client-dynamodb';
/** An item in DynamoDB's form. */
export type TableItem = Record<string, AttributeValue>;

export interface UpdateRequest extends CallOptions {
  readonly key: ItemKey;
  readonly update: string;
  readonly condition?: string | undefined;
  /** The expression names every attribute through these, because many useful names are reserved words. */
  readonly names: Readonly<Record<string, string>>;
  readonly values: TableItem;
  /** Set when the update changes an attribute of the index `jobs`: it costs a write unit there. */
  readonly touchesIndex?: boolean | undefined;
  /** Which item is returned: the one after the update (default), or the one `before` it ({} when there was none). */
  readonly returns?: 'before' | 'after' | undefined;
}

/** The item after an update, or the existing item when the condition failed (undefined when there was none). */
export interface ConditionalUpdate {
  readonly applied: boolean;
  readonly item: TableItem | undefined;
}

export interface QueryRequest extends CallOptions {
  /** The partition key, `job_id`. */
  readonly partition: string;
  /** Both bounds are included; texts are compared byte by byte. */
  readonly between: readonly [from: string, to: string];
  /** Undefined for the first page, then the `next` of the previous page. */
  readonly start?: TableItem | undefined;
  readonly limit?: number | undefined;
  /** Only these attributes (billed as if all were read); all when undefined. */
  readonly attributes?: readonly string[] | undefined;
}

export interface JobsQuery extends CallOptions {
  readonly limit: number;
  readonly start?: TableItem | undefined;
}

export interface ItemPage {
  readonly items: readonly TableItem[];
  /** The start of the next page; undefined for the last page. A page may be empty without being the last. */
  readonly next: TableItem | undefined;
}

export interface PutBatchOptions extends CallOptions {
  /** Called with the number of items that were just written. */
  readonly onWritten?: ((items: number) => void) | undefined;
}

/** The table. Reads are strongly consistent except `queryJobs`, which reads the index. */
export interface TablePort {
  readonly name: string;
  get(key: ItemKey, options?: CallOptions): Promise<TableItem | undefined>;
  /**
   * `PutItem` on the condition that no item has this key. Returns the existing item; undefined when the new one was
   * put. The item belongs to the index `jobs`.
   */
  create(item: TableItem, options?: CallOptions): Promise<TableItem | undefined>;
  /** `BatchWriteItem` of at most 25 items with distinct keys. Resolves only when all of them are written. */
  putBatch(items: readonly TableItem[], options?: PutBatchOptions): Promise<void>;
  /** `BatchWriteItem` that removes at most 25 items; a missing item is not an error. */
  deleteBatch(keys: readonly ItemKey[], options?: CallOptions): Promise<void>;
  /** The whole item after the update (or before it, see `returns`), or undefined when the condition failed. */
  update(request: UpdateRequest): Promise<TableItem | undefined>;
  /** Like `update`, but when the condition failed the answer has the existing item. */
  updateIf(request: UpdateRequest & { readonly condition: string }): Promise<ConditionalUpdate>;
  /** In the order of `part`, at most 1 MB a page. */
  query(request: QueryRequest): Promise<ItemPage>;
  /** Job items, the latest first, with the attributes of the index; may lag behind by a moment. */
  queryJobs(request: JobsQuery): Promise<ItemPage>;
}

/** The table without a policy: one SDK call per method, tried once. */
export interface SingleCallTable extends Omit<TablePort, 'putBatch' | 'deleteBatch'> {
  /** Returns the items that were not written. */
  putBatch(items: readonly TableItem[], options?: CallOptions): Promise<readonly TableItem[]>;
  /** Returns the keys of the items that were not removed. */
  deleteBatch(keys: readonly ItemKey[], options?: CallOptions): Promise<readonly ItemKey[]>;
}

/** A body that is too large for a process's memory: a stream is opened for each attempt. */
export interface StreamedBody {
  readonly bytes: number;
  /** CRC-32 of all bytes in base64. */
  readonly crc32: string;
  open(): AsyncIterable<Uint8Array>;
}
export type ObjectBody = Uint8Array | StreamedBody;

export interface UploadedPart {
  /** From 1. */
  readonly number: number;
  readonly etag: string;
  /** CRC-32 of the part in base64, as S3 returned it. */
  readonly crc32: string | undefined;
}

/** A part as S3 lists it. */
export interface ListedPart extends UploadedPart {
  readonly bytes: number;
}

/** Bytes of an object, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface StoredObject {
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes a body that is not read to its end, which would occupy its connection. May be called repeatedly. */
  discard(): void;
}

/** The bucket. */
export interface ObjectsPort {
  readonly bucket: string;
  /** The size in bytes, or undefined when there is no such object. */
  size(key: string, options?: CallOptions): Promise<number | undefined>;
  /** Undefined when there is no such object. */
  get(key: string, options?: CallOptions): Promise<StoredObject | undefined>;
  put(key: string, body: ObjectBody, options?: CallOptions): Promise<void>;
  /** Deletes an object; a missing object is not an error. */
  delete(key: string, options?: CallOptions): Promise<void>;
  /**
   * Creates a multipart upload and returns its id. With a policy, an abort lets a running attempt end, because only its
   * answer has the id, without which the upload could not be aborted.
   */
  createUpload(key: string, options?: CallOptions): Promise<string>;
  /** All parts but the last have at least 5 MiB. */
  uploadPart(key: string, uploadId: string, number: number, body: ObjectBody, options?: CallOptions): Promise<void>;
  /** Copies a range of the existing object of this key into a part. */
  copyPart(key: string, uploadId: string, number: number, range: ByteRange, options?: CallOptions): Promise<void>;
  /** All parts of an upload that S3 has, in order. */
  listParts(key: string, uploadId: string, options?: CallOptions): Promise<readonly ListedPart[]>;
  /** S3 may take minutes to answer. */
  completeUpload(key: string, uploadId: string, parts: readonly UploadedPart[], options?: CallOptions): Promise<void>;
  /** Deletes the uploaded parts; an upload that no longer exists is not an error. */
  abortUpload(key: string, uploadId: string, options?: CallOptions): Promise<void>;
}
