// The state of each receipt handle as its process knows it, from the process's calls and the answers that it got.

/** The last action of a process on a message, and its result. */
export interface Settlement {
  readonly kind: 'received' | 'deleted' | 'changed';
  /** `for_good`: SQS refused it, and will again. `unknown`: no answer yet. */
  readonly outcome: 'done' | 'failed' | 'for_good' | 'unknown';
  /** The number of times in a row that it did the same. */
  readonly tries: number;
  /** The requested visibility timeout. */
  readonly seconds: number | undefined;
}

type Entry = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const listIn = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value.map(fields) : []);

const KINDS: Readonly<Record<string, Settlement['kind']>> = {
  DeleteMessageBatch: 'deleted',
  ChangeMessageVisibilityBatch: 'changed',
};

export class Settlements {
  readonly #byHandle = new Map<string, Settlement>();
  /** The latest handle of each message; earlier ones are invalid. */
  readonly #handleOf = new Map<unknown, string>();
  readonly #superseded = new Set<string>();

  /** The handles of all received messages, with their state. */
  all(): ReadonlyMap<string, Settlement> {
    return this.#byHandle;
  }

  of(handle: string): Settlement | undefined {
    return this.#byHandle.get(handle);
  }

  begins(operation: string, input: object): void {
    const kind = KINDS[operation];
    if (kind === undefined) return;
    for (const { ReceiptHandle, VisibilityTimeout } of listIn(fields(input).Entries)) {
      const handle = String(ReceiptHandle);
      // The message was delivered again while its release was still being tried: only the newer handle counts.
      if (this.#superseded.has(handle)) continue;
      const seconds = VisibilityTimeout === undefined ? undefined : Number(VisibilityTimeout);
      const before = this.#byHandle.get(handle);
      const isSame = before?.kind === kind && before.seconds === seconds;
      this.#byHandle.set(handle, { kind, outcome: 'unknown', tries: (isSame ? before.tries : 0) + 1, seconds });
    }
  }

  answered(operation: string, input: object, output: object | undefined): void {
    if (operation === 'ReceiveMessage') {
      for (const { MessageId, ReceiptHandle } of listIn(fields(output).Messages)) {
        const before = this.#handleOf.get(MessageId);
        if (before !== undefined && this.#byHandle.delete(before)) this.#superseded.add(before);
        this.#handleOf.set(MessageId, String(ReceiptHandle));
        this.#byHandle.set(String(ReceiptHandle), { kind: 'received', outcome: 'done', tries: 1, seconds: undefined });
      }
    }
    const kind = KINDS[operation];
    if (kind === undefined) return;
    const failed = new Map(listIn(fields(output).Failed).map((one) => [one.Id, one]));
    for (const { Id, ReceiptHandle } of listIn(fields(input).Entries)) {
      const handle = String(ReceiptHandle);
      const now = this.#byHandle.get(handle);
      if (now?.kind !== kind) continue;
      this.#byHandle.set(handle, { ...now, outcome: output === undefined ? 'failed' : outcomeOf(failed.get(Id)) });
    }
  }
}

function outcomeOf(failure: Entry | undefined): Settlement['outcome'] {
  if (failure === undefined) return 'done';
  return failure.SenderFault === true && !String(failure.Code).includes('Throttled') ? 'for_good' : 'failed';
}
