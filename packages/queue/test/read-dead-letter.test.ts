// How a message of the dead-letter queue is read and filtered, and the ids of a redrive.
import { describe, expect, test } from '@jest/globals';
import { DEAD_LETTER_REASONS, deduplicationId, parseDeduplicationId } from '@movie-load/schema';
import { type DeadLetter, matches, toDeadLetter } from '../src/index.ts';
import { redriveId, redriveRunOf, shortHash } from '../src/redrive-id.ts';
import { deadLetter } from './fake-dlq.ts';

const JOB = '7c1f4a0e-9f0b-5d0e-8c57-3b8f1a2b3c4d';
const NONCE = '00000000-0000-4000-8000-000000000001';
const OTHER = '0c1f4a0e-9f0b-5d0e-8c57-3b8f1a2b3c4d';

/** A message that no consumer put there. */
const byHand = (more: Partial<Parameters<typeof toDeadLetter>[0]> = {}) => ({
  ...deadLetter('m'),
  attributes: {},
  body: 'text',
  ...more,
});

describe('a dead letter', () => {
  test('has the size of the whole body, also when only its start was read', () => {
    expect(toDeadLetter(byHand({ body: 'ü' })).body_bytes).toBe(2);
    expect(toDeadLetter(byHand({ body: 'ü', bodyBytes: 900 })).body_bytes).toBe(900);
  });

  test('belongs to the job of its group, else to the one in its body', () => {
    const body = JSON.stringify({ job_id: OTHER });
    expect(toDeadLetter(byHand({ groupId: `${JOB}#3`, body })).job_id).toBe(JOB);
    expect(toDeadLetter(byHand({ groupId: 'foreign', body })).job_id).toBe(OTHER);
    expect(toDeadLetter(byHand({ groupId: undefined, body })).job_id).toBe(OTHER);
    expect(toDeadLetter(byHand({ groupId: 'foreign', body: '{"job_id":"no id"}' })).job_id).toBeUndefined();
  });

  test('that a consumer wrote belongs to the job of its original group, whatever its body is', () => {
    expect(toDeadLetter(deadLetter('m', { groupId: `${JOB}#3` })).job_id).toBe(JOB);
    expect(toDeadLetter(deadLetter('m', { groupId: `${JOB}#3`, body: JSON.stringify({ job_id: OTHER }) })).job_id).toBe(
      JOB,
    );
    expect(toDeadLetter(deadLetter('m', { groupId: 'foreign', body: JSON.stringify({ job_id: OTHER }) })).job_id).toBe(
      OTHER,
    );
  });

  test('of which only the start was read belongs to the job that it begins with', () => {
    const start = `{"job_id": "${OTHER}", "mov`;
    expect(toDeadLetter(byHand({ groupId: 'foreign', body: start, bodyBytes: 5000 })).job_id).toBe(OTHER);
    // The whole is not JSON, and nothing is guessed.
    expect(toDeadLetter(byHand({ groupId: 'foreign', body: start })).job_id).toBeUndefined();
    const noJob = `{"job_id":"${'0'.repeat(36)}", "mov`;
    expect(toDeadLetter(byHand({ groupId: 'foreign', body: noJob, bodyBytes: 5000 })).job_id).toBeUndefined();
  });

  test('is whole when its body has all bytes, counted in UTF-8: an id deeper in it is not its job’s', () => {
    const body = JSON.stringify({ a: 'üüü', inner: { job_id: JOB } });
    const bytes = Buffer.byteLength(body);
    expect(toDeadLetter(byHand({ groupId: 'foreign', body, bodyBytes: bytes })).job_id).toBeUndefined();
    expect(toDeadLetter(byHand({ groupId: 'foreign', body, bodyBytes: bytes + 1 })).job_id).toBe(JOB);
  });

  test('that a consumer wrote is redriven to its original group; without one, to its own', () => {
    const { attributes } = deadLetter('m', { groupId: undefined });
    expect(toDeadLetter(deadLetter('m')).original_group).toBe('group of m');
    expect(toDeadLetter({ ...deadLetter('m'), attributes }).original_group).toBe('original-m');
    expect(toDeadLetter({ ...deadLetter('m'), attributes, groupId: undefined }).original_group).toBe('m');
    expect(toDeadLetter(byHand({ groupId: undefined }))).toMatchObject({ original_group: 'm', attributes_cut: false });
  });

  test('that no consumer wrote keeps its own attributes, also those with our names', () => {
    const attributes = {
      color: { DataType: 'String', StringValue: 'red' },
      detail: { DataType: 'String', StringValue: 'd' },
    };
    expect(toDeadLetter(byHand({ attributes })).attributes).toEqual(attributes);
  });

  test.each(DEAD_LETTER_REASONS)('with the reason %s has that reason; any other word counts as no reason', (reason) => {
    const attributesWith = (word: string) => ({
      ...deadLetter('m').attributes,
      reason: { DataType: 'String', StringValue: word },
    });
    expect(toDeadLetter({ ...deadLetter('m'), attributes: attributesWith(reason) })).toMatchObject({
      reason,
      detail: 'a test',
    });
    expect(toDeadLetter({ ...deadLetter('m'), attributes: attributesWith(`${reason}s`) })).toMatchObject({
      reason: 'unknown',
    });
  });

  test('has the facts of its original from the consumer’s attributes, and its own from SQS', () => {
    const original = { sequenceNumber: '5', deduplicationId: 'first', sentOn: 1000 };
    const own = { sequenceNumber: '9', deduplicationId: 'second', sentOn: 3000 };
    expect(toDeadLetter({ ...deadLetter('m', original), ...own })).toMatchObject({
      message_id: 'm',
      original_message_id: 'original-m',
      original_sequence_number: '5',
      original_deduplication_id: 'first',
      original_sent_on: '1970-01-01T00:00:01.000Z',
      since: '1970-01-01T00:00:03.000Z',
    });
    expect(toDeadLetter(byHand(own))).toMatchObject({
      original_message_id: 'm',
      original_sequence_number: '9',
      original_deduplication_id: 'second',
      original_sent_on: '1970-01-01T00:00:03.000Z',
      since: '1970-01-01T00:00:03.000Z',
    });
  });

  test('has its receive count if that is a number', () => {
    const { attributes } = deadLetter('m', { receiveCount: 7 });
    expect(toDeadLetter({ ...deadLetter('m'), attributes }).original_receive_count).toBe(7);
    const forged = { ...attributes, original_receive_count: { DataType: 'String', StringValue: 'many' } };
    expect(toDeadLetter({ ...deadLetter('m'), attributes: forged }).original_receive_count).toBeUndefined();
    const { original_receive_count: _, original_message_id: __, ...without } = attributes;
    expect(toDeadLetter({ ...deadLetter('m'), attributes: without })).toMatchObject({
      original_receive_count: undefined,
      original_message_id: 'm',
    });
  });

  test('shows whether a redrive sent it before, from any dead-letter queue', () => {
    const redriven = redriveId({ message_id: 'm' }, shortHash('run'));
    expect(toDeadLetter(deadLetter('m', { deduplicationId: redriven })).redriven_before).toBe(true);
    expect(toDeadLetter(deadLetter('m', { deduplicationId: undefined })).redriven_before).toBe(false);
    expect(toDeadLetter(byHand({ deduplicationId: redriven })).redriven_before).toBe(true);
    expect(toDeadLetter(byHand({ deduplicationId: 'their own' })).redriven_before).toBe(false);
  });

  test('has no attributes if their text does not have our form', () => {
    const text = (StringValue: string) => ({
      ...deadLetter('m').attributes,
      original_attributes: { DataType: 'String', StringValue },
    });
    for (const nonsense of [
      '',
      'no JSON',
      '[1]',
      '{"a":{"DataType":1}}',
      '{"a":{"DataType":"Binary","BinaryValue":"%"}}',
    ])
      expect(toDeadLetter({ ...deadLetter('m'), attributes: text(nonsense) })).toMatchObject({
        attributes: {},
        attributes_cut: false,
      });
    expect(toDeadLetter({ ...deadLetter('m'), attributes: text('{"a":…[cut]') }).attributes_cut).toBe(true);
    // Only a mark at the end counts: elsewhere the sender may have written it.
    const quoted = { note: { DataType: 'String', StringValue: 'it said …[cut] there' } };
    expect(toDeadLetter(deadLetter('m', { attributes: quoted }))).toMatchObject({
      attributes: quoted,
      attributes_cut: false,
    });
  });
});

describe('a filter', () => {
  const deadLetterWith = (more: Partial<DeadLetter>): DeadLetter => ({ ...toDeadLetter(deadLetter('abc')), ...more });

  test('without conditions matches every dead letter', () => {
    expect(matches(deadLetterWith({}), {})).toBe(true);
  });

  test('matches a dead letter that meets all of its conditions', () => {
    const ofJob = deadLetterWith({ reason: 'not_json', job_id: JOB });
    expect(matches(ofJob, { reasons: ['wrong_shape', 'not_json'], job_id: JOB, ids: ['x', 'ab'] })).toBe(true);
    expect(matches(ofJob, { reasons: ['wrong_shape'], job_id: JOB, ids: ['ab'] })).toBe(false);
    expect(matches(ofJob, { reasons: ['not_json'], job_id: OTHER, ids: ['ab'] })).toBe(false);
    expect(matches(ofJob, { reasons: ['not_json'], job_id: JOB, ids: ['bc'] })).toBe(false);
    expect(matches(ofJob, { ids: [] })).toBe(false);
    expect(matches(ofJob, { reasons: [] })).toBe(false);
    expect(matches(deadLetterWith({ job_id: undefined }), { job_id: JOB })).toBe(false);
  });
});

describe('the id that a redrive sends a dead letter with', () => {
  const run = shortHash('run');

  test('is the same for the same dead letter in the same run, and differs by dead letter and run', () => {
    const id = redriveId({ message_id: 'm' }, run);
    expect(redriveId({ message_id: 'm' }, run)).toBe(id);
    expect(redriveId({ message_id: 'n' }, run)).not.toBe(id);
    expect(redriveId({ message_id: 'm' }, shortHash('other'))).not.toBe(id);
  });

  test('identifies its run, and no other id does', () => {
    expect(run).toMatch(/^[0-9a-f]{16}$/);
    const original = deduplicationId(JOB, 3, 31, NONCE);
    for (const original_deduplication_id of [undefined, 'their own', original])
      expect(redriveRunOf(redriveId({ message_id: 'm', original_deduplication_id }, run))).toBe(run);
    for (const id of [
      '',
      'redrive.',
      original,
      `redrive.${'g'.repeat(32)}`,
      `redrive.${'0'.repeat(33)}`,
      '0'.repeat(32),
      `another.${'0'.repeat(32)}`,
    ])
      expect(redriveRunOf(id)).toBeUndefined();
  });

  test('has the form of the job’s own ids', () => {
    const id = redriveId({ message_id: 'm', original_deduplication_id: deduplicationId(JOB, 3, 31, NONCE) }, run);
    expect(parseDeduplicationId(id)).toMatchObject({ job_id: JOB, group: 3, number: 31 });
    expect(redriveId({ message_id: 'm', original_deduplication_id: 'their own' }, run)).toMatch(
      /^redrive\.[0-9a-f]{32}$/,
    );
  });
});
