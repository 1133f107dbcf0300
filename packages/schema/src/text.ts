import { z } from 'zod';

const encoder = new TextEncoder();

/** The length of a text in bytes of UTF-8, which is what SQS and DynamoDB count. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** The start of a text that fits into `limit` bytes of UTF-8, never ending within a character. */
export function cutUtf8(text: string, limit: number): string {
  if (utf8Bytes(text) <= limit) return text;
  const target = new Uint8Array(limit);
  const { read } = encoder.encodeInto(text, target);
  return text.slice(0, read);
}

// C0 and C1 controls, DEL, and the noncharacters that SQS refuses in a body.
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f\ufffe\uffff]*$/;

/**
 * A text that every service stores and gives back as it is: not empty, at most `bytes` bytes of UTF-8, no control
 * characters, no half of a surrogate pair (UTF-8 cannot carry it).
 */
export function storableText(bytes: number) {
  return z
    .string()
    .min(1)
    .max(bytes)
    .regex(PRINTABLE, 'has a control character')
    .refine((text) => text.isWellFormed(), 'has half of a surrogate pair')
    .refine((text) => utf8Bytes(text) <= bytes, `has more than ${bytes} bytes of UTF-8`);
}

/** An instant as ISO 8601 in UTC with milliseconds, e.g. `2026-11-25T09:12:54.000Z`. */
export const instantSchema = z.iso.datetime({ precision: 3 }).max(24);
