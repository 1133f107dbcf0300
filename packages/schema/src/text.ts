import { z } from 'zod';

const encoder = new TextEncoder();

/** The length of a text in bytes of UTF-8, which is what SQS and DynamoDB count. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** The longest start of a text that has at most `limit` bytes of UTF-8 and does not end within a character. */
export function cutUtf8(text: string, limit: number): string {
  const { read } = encoder.encodeInto(text, new Uint8Array(limit));
  return text.slice(0, read);
}

// C0 and C1 controls, DEL, and the noncharacters that SQS refuses in a body.
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f\ufffe\uffff]*$/;

/**
 * A text that every AWS service stores and returns unchanged: not empty, at most `bytes` bytes of UTF-8, no control
 * characters, no half of a surrogate pair (UTF-8 has none). It is one check instead of five, because it runs three
 * times a movie.
 */
export function storableText(bytes: number) {
  const isStorable = (text: string) =>
    text.length > 0 && PRINTABLE.test(text) && text.isWellFormed() && utf8Bytes(text) <= bytes;
  return z
    .string()
    .refine(isStorable, `is empty, has a control character or half of a surrogate pair, or more than ${bytes} bytes`);
}

/** Parses JSON; undefined for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An instant as ISO 8601 in UTC with milliseconds, e.g. `2026-11-25T09:12:54.000Z`. */
export const instantSchema = z.iso.datetime({ precision: 3 });
