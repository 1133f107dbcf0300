// Message attributes: what is allowed, how many bytes they count, their MD5, and which ones a receive asked for.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html

import { createHash } from 'node:crypto';
import { invalidValue, SqsError } from './errors.ts';
import { type Input, isObject, optionalText } from './input.ts';

/** As in the JSON protocol: a binary value is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const MAX_ATTRIBUTES = 10;
const NAME = /^[A-Za-z0-9_.-]{1,256}$/;
const RESERVED = /^(aws\.|amazon\.|\.)|\.$|\.\./i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that AWS refuses
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** True when the text has a character that SQS does not take (a lone surrogate counts as one). */
export function hasForbiddenCharacters(value: string): boolean {
  return FORBIDDEN.test(value) || !value.isWellFormed();
}

function refuse(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message);
}

function checkAttribute(name: string, value: unknown): MessageAttribute {
  if (!NAME.test(name) || RESERVED.test(name)) {
    throw refuse(
      `The message attribute name '${name}' is invalid. It can contain letters, digits, _, - and ., must not
start with AWS. or Amazon., must not start or end with a period, and has at most 256 characters.`.replace('\n', ' '),
    );
  }
  if (!isObject(value)) throw new SqsError('SerializationException', `Message attribute '${name}' has the wrong type.`);
  if (value.StringListValues !== undefined || value.BinaryListValues !== undefined) {
    throw new SqsError(
      'UnsupportedOperation',
      'Message attribute list values in SendMessage operation are not supported.',
    );
  }
  const dataType = optionalText(value, 'DataType');
  const stringValue = optionalText(value, 'StringValue');
  const binaryValue = optionalText(value, 'BinaryValue');
  if (dataType === undefined || dataType === '') {
    throw refuse(`The message attribute '${name}' must contain a non-empty message attribute type.`);
  }
  const type = dataType.split('.', 1)[0];
  if (type !== 'String' && type !== 'Number' && type !== 'Binary') {
    throw refuse(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  if (type === 'Binary') {
    if (binaryValue === undefined || binaryValue === '') {
      throw refuse(
        `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type 'Binary'.`,
      );
    }
    return { DataType: dataType, BinaryValue: binaryValue };
  }
  if (stringValue === undefined || stringValue === '') {
    throw refuse(
      `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (hasForbiddenCharacters(stringValue)) throw refuse(`Invalid characters found in message attribute '${name}'.`);
  if (type === 'Number' && !Number.isFinite(Number(stringValue))) {
    throw refuse(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { DataType: dataType, StringValue: stringValue };
}

/** Checks `MessageAttributes` of a send. @throws {SqsError} with AWS's name for what is wrong. */
export function readMessageAttributes(value: unknown): MessageAttributes | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new SqsError('SerializationException', 'MessageAttributes has the wrong type.');
  const names = Object.keys(value);
  if (names.length === 0) return undefined;
  if (names.length > MAX_ATTRIBUTES) {
    throw refuse(`Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`);
  }
  // From entries, not key by key: an attribute may be called `__proto__`.
  return Object.fromEntries(names.map((name) => [name, checkAttribute(name, value[name])]));
}

/** The only system attribute that a sender may give. */
export function readTraceHeader(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new SqsError('SerializationException', 'MessageSystemAttributes has the wrong type.');
  for (const name of Object.keys(value)) {
    if (name !== 'AWSTraceHeader') throw invalidValue('MessageSystemAttributes', name, 'Unknown system attribute.');
  }
  const header: Input | undefined = isObject(value.AWSTraceHeader) ? value.AWSTraceHeader : undefined;
  return header === undefined ? undefined : optionalText(header, 'StringValue');
}

/** Bytes that attributes count towards the message size: names, types and values. */
export function attributesBytes(attributes: MessageAttributes | undefined): number {
  let bytes = 0;
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType);
    if (attribute.StringValue !== undefined) bytes += Buffer.byteLength(attribute.StringValue);
    if (attribute.BinaryValue !== undefined) bytes += Buffer.byteLength(attribute.BinaryValue, 'base64');
  }
  return bytes;
}

/** The MD5 that senders and receivers compare, or undefined when there are no attributes. */
export function attributesMd5(attributes: MessageAttributes | undefined): string | undefined {
  if (attributes === undefined) return undefined;
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const length = Buffer.alloc(4);
  const update = (bytes: Buffer): void => {
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    update(Buffer.from(name));
    update(Buffer.from(attribute.DataType));
    if (attribute.BinaryValue === undefined) {
      hash.update('\x01');
      update(Buffer.from(attribute.StringValue ?? ''));
    } else {
      hash.update('\x02');
      update(Buffer.from(attribute.BinaryValue, 'base64'));
    }
  }
  return hash.digest('hex');
}

/** The attributes that a receive asked for: exact names, `All`, `.*`, or a prefix as `foo.*` (the dot is not part of it). */
export function selectAttributes(
  attributes: MessageAttributes | undefined,
  names: readonly string[],
): MessageAttributes | undefined {
  if (attributes === undefined || names.length === 0) return undefined;
  if (names.includes('All') || names.includes('.*')) return attributes;
  const selected = Object.entries(attributes).filter(([name]) =>
    names.some((asked) => (asked.endsWith('.*') ? name.startsWith(asked.slice(0, -2)) : asked === name)),
  );
  return selected.length > 0 ? Object.fromEntries(selected) : undefined;
}
