// Message attributes: their validation, size and MD5, and the selection of those that a receive requested.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html

import { createHash } from 'node:crypto';
import { invalidValue, SqsError } from './errors.ts';
import { isObject, optionalText } from './input.ts';

/** As in the JSON protocol: a binary value is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const MAX_ATTRIBUTES = 10;
const MAX_NAME_LENGTH = 256;
const MAX_TYPE_LENGTH = 255;
/** AWS does not document letters with accents, but accepts them. */
const NAME = /^[A-Za-z0-9_.\-\u00C0-\u017F]*$/;
const RESERVED = /^(aws\.|amazon\.|\.)|\.$|\.\.|^$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that AWS refuses
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** True when the text has a character that SQS does not accept (a lone surrogate counts as one). */
export function hasForbiddenCharacters(value: string): boolean {
  return FORBIDDEN.test(value) || !value.isWellFormed();
}

function invalidParameter(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message);
}

function checkName(name: string): void {
  if (name.length > MAX_NAME_LENGTH)
    throw invalidParameter('Message (user) attribute names must be shorter than 256 Bytes');
  if (!NAME.test(name)) {
    throw invalidParameter(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
    );
  }
  if (RESERVED.test(name)) {
    throw invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    );
  }
}

/**
 * @returns the type without its label: `Number` of `Number.int`
 * @throws {SqsError} for types other than String, Number and Binary
 */
function checkType(name: string, dataType: string | undefined): string {
  if (dataType === undefined || dataType === '') {
    throw invalidParameter(`Message (user) attribute '${name}' must contain a non-empty attribute type.`);
  }
  if (dataType.length > MAX_TYPE_LENGTH)
    throw invalidParameter('Message (user) attribute types must be shorter than 256 Bytes');
  const type = dataType.split('.', 1)[0] ?? '';
  if (!['String', 'Number', 'Binary'].includes(type)) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  return type;
}

function checkAttribute(name: string, value: unknown): MessageAttribute {
  checkName(name);
  if (!isObject(value)) throw new SqsError('SerializationException', `Message attribute '${name}' has the wrong type.`);
  if (value.StringListValues !== undefined || value.BinaryListValues !== undefined) {
    throw new SqsError(
      'UnsupportedOperation',
      'Message attribute list values in SendMessage operation are not supported.',
    );
  }
  const DataType = optionalText(value, 'DataType') ?? '';
  const type = checkType(name, DataType);
  const text = optionalText(value, type === 'Binary' ? 'BinaryValue' : 'StringValue') ?? '';
  if (text === '') {
    throw invalidParameter(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`);
  }
  if (type === 'Binary') return { DataType, BinaryValue: text };
  if (hasForbiddenCharacters(text)) throw invalidParameter(new SqsError('InvalidMessageContents').message);
  if (type === 'Number' && !Number.isFinite(Number(text))) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { DataType, StringValue: text };
}

/** Checks `MessageAttributes` of a send. @throws {SqsError} with AWS's name for the error. */
export function readMessageAttributes(value: unknown): MessageAttributes | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new SqsError('SerializationException', 'MessageAttributes has the wrong type.');
  const names = Object.keys(value);
  if (names.length === 0) return undefined;
  if (names.length > MAX_ATTRIBUTES) {
    throw invalidParameter(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  }
  // Built from entries, because an attribute may be called `__proto__`.
  return Object.fromEntries(names.map((name) => [name, checkAttribute(name, value[name])]));
}

/** Checks `MessageSystemAttributes` of a send: the trace header is the only one that a sender may give. */
export function readSystemAttributes(value: unknown): MessageAttributes | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new SqsError('SerializationException', 'MessageSystemAttributes has the wrong type.');
  for (const name of Object.keys(value)) {
    if (name !== 'AWSTraceHeader') throw invalidValue('MessageSystemAttributes', name, 'Unknown system attribute.');
  }
  if (value.AWSTraceHeader === undefined) return undefined;
  return { AWSTraceHeader: checkAttribute('AWSTraceHeader', value.AWSTraceHeader) };
}

/** The bytes of attributes that count towards the message size: names, types and values. */
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

/**
 * The attributes that a receive requested: by exact names, all of them (`All`, `.*`, `*`), or by prefix: `foo.*` selects
 * every name that begins with `foo`.
 */
export function selectAttributes(
  attributes: MessageAttributes | undefined,
  names: readonly string[],
): MessageAttributes | undefined {
  if (attributes === undefined || names.length === 0) return undefined;
  if (names.some((name) => name === 'All' || name === '.*' || name === '*')) return attributes;
  const selected = Object.entries(attributes).filter(([name]) =>
    names.some((requested) =>
      requested.endsWith('.*') ? name.startsWith(requested.slice(0, -2)) : requested === name,
    ),
  );
  return selected.length > 0 ? Object.fromEntries(selected) : undefined;
}
