// Which groups of a job are in its trace, and the ids of its spans.
import { describe, expect, it } from '@jest/globals';
import { deduplicationId } from '@movie-load/schema';
import { isSampled, jobSpanId, sendSpanId, traceIdOf } from '@movie-load/tracing';

const JOB = '1b72a7f0-e922-5f43-bed4-4cd74a50d289';
/** SHA-256 of `send nonce-one 3 0`, its first 16 digits. */
const PINNED = 'de3fc48e6171f6e3';

describe('a trace', () => {
  it.each([
    [1, 1],
    [50, 50],
    [64, 64],
    [65, 33],
    [128, 64],
    [129, 43],
    [5000, 64],
    [500_000, 64],
  ])('of a job of %i groups has spans of %i groups', (groups, sampled) => {
    const all = Array.from({ length: groups }, (_, group) => group);
    expect(all.filter((group) => isSampled(groups, group))).toHaveLength(sampled);
  });
});

describe('span ids', () => {
  it('of a job follow from its id', () => {
    expect(traceIdOf(JOB)).toBe('1b72a7f0e9225f43bed44cd74a50d289');
    expect(jobSpanId(JOB)).toBe('1b72a7f0e9225f43');
  });

  const idOf = (number: number, nonce = 'nonce-one') => sendSpanId(deduplicationId(JOB, 3, number, nonce), 600);

  it('of a batch are the same for its ten messages, and differ by batch, group and send', () => {
    const tens = new Set(Array.from({ length: 10 }, (_, index) => idOf(600 + index)));
    expect(tens.size).toBe(1);
    expect([...tens][0]).toMatch(/^[0-9a-f]{16}$/);
    expect(idOf(610)).not.toBe(idOf(609));
    expect(idOf(600, 'nonce-two')).not.toBe(idOf(600));
    expect(sendSpanId(deduplicationId(JOB, 4, 600, 'nonce-one'), 600)).not.toBe(idOf(600));
  });

  it('of a batch count from the first message of their group, and are the same in every process', () => {
    // Producer and consumer compute them independently, also in different versions.
    expect(idOf(605)).toBe(PINNED);
    expect(sendSpanId(deduplicationId(JOB, 3, 605, 'nonce-one'), 605)).toBe(PINNED);
    expect(sendSpanId(deduplicationId(JOB, 3, 615, 'nonce-one'), 605)).toBe(idOf(610));
    expect(sendSpanId(deduplicationId(JOB, 3, 614, 'nonce-one'), 605)).toBe(PINNED);
  });

  it('of messages that a redrive or another program sent are undefined', () => {
    const redriveNonce = '0123456789abcdef'.repeat(2);
    expect(sendSpanId(deduplicationId(JOB, 3, 605, redriveNonce), 600)).toBeUndefined();
    expect(sendSpanId(`redrive.${redriveNonce}`, 0)).toBeUndefined();
    expect(sendSpanId('sent by another program', 0)).toBeUndefined();
  });
});
