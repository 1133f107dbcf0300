// Tracks for each receipt handle what its process did last with the message, and the result that the process knows.

/** The last action of a process on a message, and its result. */
export interface Settlement {
  readonly kind: 'received' | 'deleted' | 'changed';
  /** `for_good`: SQS refused it, and will again. `unknown`: no answer yet. */
  readonly outcome: 'done' | 'failed' | 'for_good' | 'unknown';
  /** The number of times in a row that the process tried the same action. */
  readonly attempts: number;
  /** The requested visibility timeout. */
  readonly seconds: number | undefined;
}

type Entry = Readonly<Record<string, unknown>>;
const asRecord = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const asList = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value.map(asRecord) : []);

const KINDS: Readonly<Record<string, Settlement['kind']>> = {
  DeleteMessageBatch: 'deleted',
  ChangeMessageVisibilityBatch: 'changed',
};

export class Settlements {
  readonly #byHandle = new Map<string, Settlement>();
  /** The latest handle of each message, by the message's id; earlier ones are invalid. */
  readonly #latestHandles = new Map<unknown, string>();
  /** Handles of earlier deliveries of messages that were delivered again. */
  readonly #superseded = new Set<string>();

  /** The last action on each received message, by the latest receipt handle. */
  all(): ReadonlyMap<string, Settlement> {
    return this.#byHandle;
  }

  of(handle: string): Settlement | undefined {
    return this.#byHandle.get(handle);
  }

  callStarted(operation: string, input: object): void {
    const kind = KINDS[operation];
    if (kind === undefined) return;
    for (const { ReceiptHandle, VisibilityTimeout } of asList(asRecord(input).Entries)) {
      const handle = String(ReceiptHandle);
      // The message was delivered again while its release was still being tried: only the newer handle counts.
      if (this.#superseded.has(handle)) continue;
      const seconds = VisibilityTimeout === undefined ? undefined : Number(VisibilityTimeout);
      const last = this.#byHandle.get(handle);
      const isRepeat = last?.kind === kind && last.seconds === seconds;
      this.#byHandle.set(handle, { kind, outcome: 'unknown', attempts: (isRepeat ? last.attempts : 0) + 1, seconds });
    }
  }

  callAnswered(operation: string, input: object, output: object | undefined): void {
    if (operation === 'ReceiveMessage') {
      for (const { MessageId, ReceiptHandle } of asList(asRecord(output).Messages)) {
        const earlierHandle = this.#latestHandles.get(MessageId);
        if (earlierHandle !== undefined && this.#byHandle.delete(earlierHandle)) this.#superseded.add(earlierHandle);
        this.#latestHandles.set(MessageId, String(ReceiptHandle));
        this.#byHandle.set(String(ReceiptHandle), {
          kind: 'received',
          outcome: 'done',
          attempts: 1,
          seconds: undefined,
        });
      }
    }
    const kind = KINDS[operation];
    if (kind === undefined) return;
    const failed = new Map(asList(asRecord(output).Failed).map((entry) => [entry.Id, entry]));
    for (const { Id, ReceiptHandle } of asList(asRecord(input).Entries)) {
      const handle = String(ReceiptHandle);
      const last = this.#byHandle.get(handle);
      if (last?.kind !== kind) continue;
      this.#byHandle.set(handle, { ...last, outcome: output === undefined ? 'failed' : outcomeOf(failed.get(Id)) });
    }
  }
}

function outcomeOf(failure: Entry | undefined): Settlement['outcome'] {
  if (failure === undefined) return 'done';
  return failure.SenderFault === true && !String(failure.Code).includes('Throttled') ? 'for_good' : 'failed';
}
