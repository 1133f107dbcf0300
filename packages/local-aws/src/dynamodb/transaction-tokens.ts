// Client request tokens: a transaction that is repeated with the same token within ten minutes is executed only once.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html

import { createHash } from 'node:crypto';
import { DynamoDbError } from './errors.ts';

const TOKEN_LIFETIME_MS = 10 * 60 * 1000;

interface TokenUse {
  /** Of the transaction's items. */
  readonly digest: string;
  readonly usedAt: number;
}

export function digestOf(items: unknown): string {
  return createHash('sha256').update(JSON.stringify(items)).digest('base64');
}

export class TransactionTokens {
  /** By token, in the order of use. */
  readonly #uses = new Map<string, TokenUse>();

  get size(): number {
    return this.#uses.size;
  }

  /**
   * Whether the transaction with this digest was executed with this token before.
   * @throws {DynamoDbError} when a different transaction used the token
   */
  isRepeat(token: string, digest: string, now: number): boolean {
    this.#deleteExpired(now);
    const previous = this.#uses.get(token);
    if (previous === undefined) return false;
    if (previous.digest === digest) return true;
    throw new DynamoDbError(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
    );
  }

  remember(token: string, digest: string, now: number): void {
    this.#uses.set(token, { digest, usedAt: now });
  }

  #deleteExpired(now: number): void {
    for (const [token, { usedAt }] of this.#uses) {
      if (now - usedAt < TOKEN_LIFETIME_MS) return;
      this.#uses.delete(token);
    }
  }
}
