// Client request tokens of transactions: the same token within ten minutes is the same transaction.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html

import { createHash } from 'node:crypto';
import { DynamoDbError } from './errors.ts';

const REMEMBERED_MS = 10 * 60 * 1000;

interface Remembered {
  readonly digest: string;
  readonly at: number;
}

export function digestOf(items: unknown): string {
  return createHash('sha256').update(JSON.stringify(items)).digest('base64');
}

export class TransactionTokens {
  /** In the order in which they arrived. */
  readonly #remembered = new Map<string, Remembered>();

  get size(): number {
    return this.#remembered.size;
  }

  /**
   * Whether this transaction was executed before.
   * @throws {DynamoDbError} when another transaction used the token
   */
  isRepeat(token: string, digest: string, now: number): boolean {
    this.#forget(now);
    const before = this.#remembered.get(token);
    if (before === undefined) return false;
    if (before.digest === digest) return true;
    throw new DynamoDbError(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
    );
  }

  remember(token: string, digest: string, now: number): void {
    this.#remembered.set(token, { digest, at: now });
  }

  #forget(now: number): void {
    for (const [token, { at }] of this.#remembered) {
      if (now - at < REMEMBERED_MS) return;
      this.#remembered.delete(token);
    }
  }
}
