// What counts towards a message's size: bytes of the body and of attributes with their names and types, not characters.

import { expect, test } from '@jest/globals';
import { createTestEngine, outcome } from './support/engine.ts';

const LIMIT = 1024;
const TWO_BYTES = 'é';

test.each<[string, number, object]>([
  ['the body alone', 0, {}],
  ['a name', 2 + 6 + 1, { ab: { DataType: 'String', StringValue: 'v' } }],
  ['a name with an accent', 2 + 6 + 1, { [TWO_BYTES]: { DataType: 'String', StringValue: 'v' } }],
  ['a value with an accent', 1 + 6 + 2, { a: { DataType: 'String', StringValue: TWO_BYTES } }],
  ['a custom type', 1 + 10 + 1, { a: { DataType: 'String.own', StringValue: 'v' } }],
  ['a type with an accent', 1 + 9 + 1, { a: { DataType: `String.${TWO_BYTES}`, StringValue: 'v' } }],
  ['a number', 1 + 6 + 3, { a: { DataType: 'Number', StringValue: '123' } }],
  ['bytes, not their base64', 1 + 6 + 4, { a: { DataType: 'Binary', BinaryValue: 'AAAAAA==' } }],
  [
    'two attributes',
    2 * (1 + 6 + 1),
    { a: { DataType: 'String', StringValue: 'v' }, b: { DataType: 'Number', StringValue: '1' } },
  ],
])('the size of a message includes %s', (_, bytes, MessageAttributes) => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q', { MaximumMessageSize: String(LIMIT) });
  const send = (length: number) =>
    outcome(() => engine.call('SendMessage', { QueueUrl, MessageBody: 'x'.repeat(length), MessageAttributes }));
  expect([send(LIMIT - bytes), send(LIMIT - bytes + 1)]).toEqual(['accepted', 'InvalidParameterValue']);
  const body = (length: number) => TWO_BYTES.repeat(length / 2) + 'x'.repeat(length % 2);
  const inBytes = (length: number) =>
    outcome(() => engine.call('SendMessage', { QueueUrl, MessageBody: body(length), MessageAttributes }));
  expect([inBytes(LIMIT - bytes), inBytes(LIMIT - bytes + 1)]).toEqual(['accepted', 'InvalidParameterValue']);
});
