import { describe, expect, test } from '@jest/globals';
import type { MessageAttributes, ReceivedMessage } from '@movie-load/aws';
import { REFUSALS, utf8Bytes } from '@movie-load/schema';
import fc from 'fast-check';
import {
  attributesBytes,
  type DeadLetterCause,
  deadLetter,
  deadLetterOf,
  encodeAttributes,
  messageBytes,
  toDeadLetter,
} from '../src/index.ts';
import { fakeQueue } from './support.ts';

const why: DeadLetterCause = { reason: 'not_json', detail: 'the body is not JSON', consumer: 'consumer-1' };

const received = (more: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  messageId: '5fea7756-0ea4-451a-a703-a558b933e274',
  receiptHandle: 'handle',
  body: 'no json',
  groupId: 'their group',
  deduplicationId: 'their id',
  sequenceNumber: '18849496460467696128',
  receiveCount: 3,
  sentOn: Date.UTC(2026, 10, 25),
  attributes: {},
  ...more,
});

/** The message as it is received from the dead-letter queue. */
function asReceived(message: ReceivedMessage, given: DeadLetterCause = why): ReceivedMessage {
  const { body, groupId, deduplicationId, attributes = {} } = deadLetterOf(message, given);
  return {
    ...received(),
    messageId: 'new-id',
    body,
    groupId,
    deduplicationId,
    attributes,
    sentOn: Date.UTC(2026, 11, 1),
  };
}

const attributeName = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/).filter((name) => name !== '__proto__');
const attribute = fc.oneof(
  fc.record({
    DataType: fc.constantFrom('String', 'Number', 'String.json'),
    StringValue: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  }),
  fc.record({
    DataType: fc.constantFrom('Binary', 'Binary.gif'),
    BinaryValue: fc.uint8Array({ minLength: 1, maxLength: 400 }),
  }),
);
/** Ten of them together stay under 16 KB, so that nothing is cut. */
const someAttributes: fc.Arbitrary<MessageAttributes> = fc.dictionary(attributeName, attribute, { maxKeys: 10 });

describe('a dead letter', () => {
  test('has the body byte for byte, the reason, and all facts of the original', () => {
    const body = ' { "a" : 1,\t"ü\u2028": "\\u0000" }\n';
    expect(toDeadLetter(asReceived(received({ body })))).toEqual({
      message_id: 'new-id',
      reason: 'not_json',
      detail: 'the body is not JSON',
      consumer: 'consumer-1',
      job_id: undefined,
      original_group: 'their group',
      original_message_id: '5fea7756-0ea4-451a-a703-a558b933e274',
      original_deduplication_id: 'their id',
      original_sequence_number: '18849496460467696128',
      original_receive_count: 3,
      original_sent_on: '2026-11-25T00:00:00.000Z',
      since: '2026-12-01T00:00:00.000Z',
      body_bytes: utf8Bytes(body),
      attributes: {},
      attributes_cut: false,
      redriven_before: false,
    });
    expect(asReceived(received({ body })).body).toBe(body);
  });

  test('is in a message group of its own, deduplicated by its SQS message id', () => {
    const { groupId, deduplicationId } = deadLetterOf(received(), why);
    expect([groupId, deduplicationId]).toEqual([received().messageId, received().messageId]);
  });

  test('has the original attributes, of any type and name', () => {
    fc.assert(
      fc.property(someAttributes, (attributes) => {
        const deadLetter = toDeadLetter(asReceived(received({ attributes })));
        expect(deadLetter.attributes_cut).toBe(false);
        const plain = Object.fromEntries(
          Object.entries(deadLetter.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
            name,
            BinaryValue ? { DataType, BinaryValue: [...BinaryValue] } : { DataType, StringValue },
          ]),
        );
        const expected = Object.fromEntries(
          Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
            name,
            BinaryValue ? { DataType, BinaryValue: [...BinaryValue] } : { DataType, StringValue },
          ]),
        );
        expect(plain).toEqual(expected);
      }),
    );
  });

  test('has attributes over 16 KB cut and marked', () => {
    const attributes = { big: { DataType: 'String', StringValue: 'ü'.repeat(20_000) } };
    const text = encodeAttributes(attributes);
    expect(utf8Bytes(text)).toBeLessThanOrEqual(16 * 1024);
    expect(text.endsWith('…[cut]')).toBe(true);
    expect(toDeadLetter(asReceived(received({ attributes })))).toMatchObject({ attributes: {}, attributes_cut: true });
  });

  test('always fits: the queue accepts 1,032,192 bytes, the dead-letter queue 1,048,576', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 5000 });
    const nasty = fc.dictionary(
      attributeName,
      fc.record({
        DataType: fc.constant('String'),
        StringValue: fc.string({ unit: fc.constantFrom('"', '\\', 'a', 'ü'), minLength: 1, maxLength: 3000 }),
      }),
      { maxKeys: 10 },
    );
    fc.assert(
      fc.property(nasty, texts, texts, fc.constantFrom(...REFUSALS), (attributes, detail, consumer, reason) => {
        const body = 'x'.repeat(1_032_192 - attributesBytes(attributes));
        const message = received({
          body,
          attributes,
          groupId: 'g'.repeat(128),
          deduplicationId: 'd'.repeat(128),
          messageId: 'm'.repeat(100),
          receiveCount: 1_000_000,
        });
        const deadLetter = deadLetterOf(message, { reason, detail, consumer });
        expect(messageBytes(deadLetter)).toBeLessThanOrEqual(1_048_576);
        expect(Object.keys(deadLetter.attributes ?? {}).length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 60 },
    );
  });

  test('has a detail that cannot forge a line and that SQS accepts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (detail) => {
        const value = deadLetterOf(received(), { ...why, detail }).attributes?.detail?.StringValue ?? 'none';
        expect(value).toMatch(/^[^\p{Cc}\u2028\u2029\ufffe\uffff]+$/u);
        expect(value.isWellFormed()).toBe(true);
        expect(utf8Bytes(value)).toBeLessThanOrEqual(500);
      }),
    );
  });

  test('has no half of a surrogate pair in its detail', () => {
    const { attributes } = deadLetterOf(received(), { ...why, detail: 'a\ud83c b' });
    expect(attributes?.detail?.StringValue).toBe('a\ufffd b');
  });

  test('is read whatever its attributes are, because any sender may have written them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('reason', 'original_attributes', 'original_receive_count', 'original_group', 'x'),
          fc.record({ DataType: fc.string(), StringValue: fc.string() }),
        ),
        fc.string(),
        (attributes, body) => {
          expect(toDeadLetter(received({ attributes, body })).original_group).toEqual(expect.any(String));
        },
      ),
    );
  });

  test('is distinguished by its reason: moved by SQS, or put there by a person', () => {
    const job_id = '7c1f4a0e-9f0b-5d0e-8c57-3b8f1a2b3c4d';
    const moved = received({
      movedFrom: 'arn:aws:sqs:us-east-1:000000000000:movie-load.fifo',
      groupId: `${job_id}#12`,
    });
    expect(toDeadLetter(moved)).toMatchObject({ reason: 'too_many_receives', job_id, original_group: `${job_id}#12` });
    expect(toDeadLetter(received())).toMatchObject({ reason: 'unknown', original_group: 'their group' });
    expect(toDeadLetter(received({ body: JSON.stringify({ job_id }) }))).toMatchObject({ job_id });
  });

  test('has a detail of at most 500 bytes and a consumer of at most 256, cut between characters', () => {
    const deadLetter = deadLetterOf(received(), { ...why, detail: 'ü'.repeat(300), consumer: `${'c'.repeat(255)}ü` });
    expect(deadLetter.attributes?.detail?.StringValue).toBe('ü'.repeat(250));
    expect(deadLetter.attributes?.consumer?.StringValue).toBe('c'.repeat(255));
    const whole = deadLetterOf(received(), { ...why, detail: 'd'.repeat(501), consumer: 'c'.repeat(256) });
    expect(whole.attributes?.detail?.StringValue).toHaveLength(500);
    expect(whole.attributes?.consumer?.StringValue).toHaveLength(256);
  });

  test('has no attribute for a missing fact of the original', () => {
    const bare = received({ groupId: undefined, deduplicationId: undefined, sequenceNumber: undefined });
    expect(Object.keys(deadLetterOf(bare, { ...why, detail: '' }).attributes ?? {}).sort()).toEqual([
      'consumer',
      'original_message_id',
      'original_receive_count',
      'original_sent_on',
      'reason',
    ]);
  });

  test('keeps attributes whose text is exactly 16 KB, and cuts one byte more', () => {
    const wrapped = utf8Bytes(encodeAttributes({ big: { DataType: 'String', StringValue: '' } }));
    const attributesOf = (textBytes: number) => ({
      big: { DataType: 'String', StringValue: 'x'.repeat(textBytes - wrapped) },
    });
    expect(encodeAttributes(attributesOf(16 * 1024))).not.toContain('[cut]');
    expect(encodeAttributes(attributesOf(16 * 1024 + 1))).toContain('[cut]');
    const ofTwoByteLetters = { big: { DataType: 'String', StringValue: 'ü'.repeat(9000) } };
    expect(utf8Bytes(encodeAttributes(ofTwoByteLetters))).toBeLessThanOrEqual(16 * 1024);
  });

  test('is sent with the caller’s signal, and an error names the message and the reason', async () => {
    const sends: unknown[] = [];
    const { signal } = new AbortController();
    const dlq = {
      name: 'dlq.fifo',
      send: async (messages: unknown, options: unknown) => {
        sends.push([messages, options]);
        return [{ index: 0, code: 'GaveUp', message: 'eight times', senderFault: false }];
      },
    };
    const failing = deadLetter({ dlq }, received(), why, { signal });
    await expect(failing).rejects.toMatchObject({
      message: 'dlq.fifo refused a message: GaveUp eight times',
      details: { message_id: received().messageId },
    });
    expect(sends).toEqual([[[deadLetterOf(received(), why)], { signal }]]);
  });

  test('that the queue refuses is the error `dead_letter_failed`', async () => {
    const dlq = fakeQueue(() => ({ failed: [{ index: 0, senderFault: false }] }));
    await expect(deadLetter({ dlq }, received(), why)).rejects.toMatchObject({ code: 'dead_letter_failed' });
  });
});
