// The dead-letter queue for the page: shared and limited reads, with and without peeking, and bodies.
import { describe, expect, test } from '@jest/globals';
import { DEAD_LETTER_ATTRIBUTES } from '@movie-load/schema';
import { ids, MIB, peekedDeadLetter, startDeadLetters } from './fake-dead-letters.ts';

describe('a read of the dead letters', () => {
  test('shows what a person needs, and null for what a dead letter does not contain', async () => {
    const plain = { ...peekedDeadLetter('b', { sentOn: 900 }), attributes: {}, groupId: 'g', receiveCount: 1 };
    const attributes = {
      longer: { DataType: 'String', StringValue: 'x'.repeat(2001) },
      exactly: { DataType: 'String', StringValue: 'x'.repeat(2000) },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array(7) },
    };
    const { deadLetters } = startDeadLetters([
      { ...plain, attributes },
      peekedDeadLetter('a', { body: 'y'.repeat(2001) }),
    ]);
    const { messages, total, left_out, peeked } = await deadLetters.list();
    expect({ total, left_out, peeked }).toEqual({ total: 2, left_out: 0, peeked: true });
    expect(messages).toMatchObject([
      {
        message_id: 'a',
        reason: 'not_json',
        detail: 'why',
        consumer: 'c',
        original_group: 'group of a',
        receives: '2',
        body_bytes: 2001,
        body_start: 'y'.repeat(2000),
        body_cut: true,
      },
      {
        message_id: 'b',
        detail: '',
        consumer: '',
        job_id: null,
        sent_on: '1970-01-01T00:00:00.900Z',
        receives: null,
        body_start: 'body of b',
        body_cut: false,
      },
    ]);
    expect(messages[1]?.attributes).toEqual({
      longer: `${'x'.repeat(2000)}…`,
      exactly: 'x'.repeat(2000),
      raw: '7 bytes',
    });
  });

  test('cuts each text at 2,000 characters, and marks a body only if it was cut', async () => {
    const names = [
      DEAD_LETTER_ATTRIBUTES.detail,
      DEAD_LETTER_ATTRIBUTES.consumer,
      DEAD_LETTER_ATTRIBUTES.originalGroup,
    ];
    const long = names.map((name) => [name, { DataType: 'String', StringValue: '€'.repeat(2001) }]);
    const { attributes, ...deadLetter } = peekedDeadLetter('long', { sentOn: 3 });
    const { sentOn, receiveCount } = DEAD_LETTER_ATTRIBUTES;
    const { [sentOn]: _, [receiveCount]: __, ...known } = attributes;
    const { deadLetters } = startDeadLetters([
      { ...deadLetter, attributes: { ...known, ...Object.fromEntries(long) } },
      peekedDeadLetter('exactly', { sentOn: 2, body: '€'.repeat(2000) }),
      peekedDeadLetter('more', { sentOn: 1, body: '€'.repeat(2001) }),
    ]);
    const { messages } = await deadLetters.list();
    const cut = '€'.repeat(2000);
    expect(messages[0]).toMatchObject({
      detail: cut,
      consumer: cut,
      original_group: cut,
      sent_on: null,
      receives: null,
    });
    expect(messages.map(({ body_cut, body_bytes }) => [body_cut, body_bytes])).toEqual([
      [false, 12],
      [false, 6000],
      [true, 6003],
    ]);
  });

  test('peeks for the newest messages, cut, within its limit of bytes, with the server’s signal', async () => {
    const { signal } = new AbortController();
    const { deadLetters, peeks } = startDeadLetters([peekedDeadLetter('a')], { signal });
    await deadLetters.list();
    expect(peeks).toEqual([{ newestFirst: true, characters: 2000, maxBytes: 32 * MIB, signal }]);
  });

  test('shows the 500 newest, and stops reading after them where the newest are first', async () => {
    const peeked = Array.from({ length: 700 }, (_, at) => peekedDeadLetter(`m${at}`, { sentOn: 10_000 - at }));
    const first = startDeadLetters(peeked);
    const { messages, total, left_out } = await first.deadLetters.list();
    expect([messages.length, total, left_out]).toEqual([500, 700, 200]);
    expect(messages[0]?.message_id).toBe('m0');
    expect(first.yielded).toHaveLength(501);
    const backwards = startDeadLetters(peeked.toReversed());
    expect(ids((await backwards.deadLetters.list()).messages)).toEqual(ids(messages));
    expect(backwards.yielded).toHaveLength(700);
    // All have the same time, so that none is older than those already kept.
    const sameTime = startDeadLetters(peeked.map((deadLetter) => ({ ...deadLetter, sentOn: 5 })));
    expect((await sameTime.deadLetters.list()).messages).toHaveLength(500);
    expect(sameTime.yielded).toHaveLength(700);
  });

  test('shows the 500 newest also of an endpoint that returns them group by group', async () => {
    const sentOn = [650, ...Array.from({ length: 700 }, (_, at) => at + 1).filter((at) => at !== 650)];
    const peeked = sentOn.map((at) => peekedDeadLetter(`m${at}`, { sentOn: at }));
    const { messages } = await startDeadLetters(peeked).deadLetters.list();
    expect(ids(messages)).toEqual(Array.from({ length: 500 }, (_, at) => `m${700 - at}`));
  });

  test('shows at most four mebibytes', async () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [`a${at}`, { DataType: 'String', StringValue: '"'.repeat(2000) }]),
    );
    const peeked = Array.from({ length: 300 }, (_, at) => ({
      ...peekedDeadLetter(`m${at}`, { sentOn: at }),
      attributes,
    }));
    for (const order of [peeked, peeked.toReversed()]) {
      const { deadLetters, yielded } = startDeadLetters(order);
      const { messages, left_out } = await deadLetters.list();
      // The newest are first: reading stops when nothing more fits.
      if (order !== peeked) expect(yielded).toHaveLength(messages.length + 1);
      const bytes = messages.reduce((sum, view) => sum + Buffer.byteLength(JSON.stringify(view)), 0);
      expect(bytes).toBeLessThanOrEqual(4 * MIB);
      expect(bytes).toBeGreaterThan(3.9 * MIB);
      expect(messages[0]?.message_id).toBe('m299');
      expect(left_out).toBe(300 - messages.length);
    }
  });

  test.each([
    ['is shared for 800 ms if it peeks,', true, 800],
    ['is shared for 5 s if it receives,', false, 5000],
  ])('%s from its end on', async (_, canPeek, freshMs) => {
    const { deadLetters, clock, messagesById, peeks } = startDeadLetters([peekedDeadLetter('a')], { canPeek });
    const both = await Promise.all([deadLetters.list(), deadLetters.list()]);
    expect(both[0]).toBe(both[1]);
    messagesById.delete('a');
    await clock.advance(freshMs);
    expect(ids((await deadLetters.list()).messages)).toEqual(['a']);
    await clock.advance(1);
    expect((await deadLetters.list()).messages).toEqual([]);
    expect(peeks).toHaveLength(2);
  });

  test('reports its failure to all who share it, and is tried again after 800 ms', async () => {
    const { deadLetters, clock, dlq } = startDeadLetters([peekedDeadLetter('a')]);
    const status = dlq.status;
    dlq.status = () => Promise.reject(new Error('SQS is unreachable'));
    await expect(Promise.all([deadLetters.list(), deadLetters.list()])).rejects.toThrow('SQS is unreachable');
    dlq.status = status;
    await expect(deadLetters.list()).rejects.toThrow('SQS is unreachable');
    await clock.advance(801);
    expect((await deadLetters.list()).messages).toHaveLength(1);
  });

  test('peeks also when all dead letters are hidden', async () => {
    const { deadLetters, dlq, receives } = startDeadLetters([peekedDeadLetter('a')]);
    dlq.status = async () => ({ waiting: 0, inFlight: 3, delayed: 2, maximumMessageBytes: MIB });
    expect(await deadLetters.list()).toMatchObject({ total: 5, left_out: 4, peeked: true, messages: { length: 1 } });
    expect(receives).toEqual([]);
  });

  test('counts the messages that it found where SQS reports fewer', async () => {
    const { deadLetters, dlq } = startDeadLetters([peekedDeadLetter('a'), peekedDeadLetter('b')]);
    dlq.status = async () => ({ waiting: 1, inFlight: 0, delayed: 0, maximumMessageBytes: MIB });
    expect(await deadLetters.list()).toMatchObject({ total: 2, left_out: 0 });
  });

  test('from before a redrive does not count as fresh after it', async () => {
    const { deadLetters, dlq, clock } = startDeadLetters([peekedDeadLetter('a')]);
    const { status } = dlq;
    let reads = 0;
    const listLater = () => {
      const gate = Promise.withResolvers<void>();
      dlq.status = async (...args) => {
        reads += 1;
        await gate.promise;
        return status(...args);
      };
      return { list: deadLetters.list(), end: gate.resolve };
    };
    const before = listLater();
    await new Promise(setImmediate);
    dlq.status = status;
    await deadLetters.redrive({ message_ids: ['x'], dry_run: true });
    const after = listLater();
    before.end();
    await before.list;
    await clock.advance(801);
    expect(deadLetters.list()).toBe(after.list);
    after.end();
    await after.list;
    expect(reads).toBe(2);
  });

  test('without peeking releases what it received, and caches bodies, and the attributes for the map', async () => {
    const { deadLetters, hidden, receives } = startDeadLetters([peekedDeadLetter('a'), peekedDeadLetter('b')], {
      canPeek: false,
    });
    const { peeked, messages } = await deadLetters.list();
    expect(peeked).toBe(false);
    expect(ids(messages).sort()).toEqual(['a', 'b']);
    expect(hidden.size).toBe(0);
    expect(receives[0]).toMatchObject({ visibilitySeconds: 30 });
    // A dead letter has its own id, and its own time of dead-lettering besides that of the send.
    const moved = startDeadLetters([{ ...peekedDeadLetter('b'), messageId: 'dead letter', sentOn: 9000 }], {
      canPeek: false,
    });
    expect((await moved.deadLetters.list()).messages).toMatchObject([
      { message_id: 'dead letter', sent_on: '1970-01-01T00:00:01.000Z', dead_since: '1970-01-01T00:00:09.000Z' },
    ]);
    expect(moved.deadLetters.receivedDeadLetters()).toMatchObject([
      { message_id: 'dead letter', original_sent_on: '1970-01-01T00:00:01.000Z' },
    ]);
    expect(deadLetters.receivedDeadLetters()).toMatchObject([
      {
        message_id: 'a',
        original_deduplication_id: 'dedup of a',
        original_sent_on: '1970-01-01T00:00:01.000Z',
        original_receive_count: 2,
      },
      { message_id: 'b' },
    ]);
    expect(await deadLetters.body('b')).toEqual({ body: 'body of b', cut: false });
  });

  test('without peeking ends at 500 messages, and caches less than four mebibytes of bodies', async () => {
    // Of these bodies 128 are four mebibytes.
    const peeked = Array.from({ length: 600 }, (_, at) => peekedDeadLetter(`m${at}`, { body: 'z'.repeat(MIB / 32) }));
    const { deadLetters, receives } = startDeadLetters(peeked, { canPeek: false });
    const { total, left_out } = await deadLetters.list();
    expect({ total, left_out }).toEqual({ total: 600, left_out: 100 });
    expect(receives).toHaveLength(50);
    expect(await deadLetters.body('m126')).toMatchObject({ cut: false });
    await expect(deadLetters.body('m127')).rejects.toMatchObject({ status: 404 });
  });
});

describe('the body of a dead letter', () => {
  test('is found by the message’s id, and shown up to 256 Ki characters', async () => {
    const { signal } = new AbortController();
    const { deadLetters, peeks } = startDeadLetters(
      [
        peekedDeadLetter('a'),
        peekedDeadLetter('b', { body: 'b'.repeat(256 * 1024) }),
        peekedDeadLetter('c', { body: 'c'.repeat(256 * 1024 + 1) }),
      ],
      { signal },
    );
    expect(await deadLetters.body('a')).toEqual({ body: 'body of a', cut: false });
    expect(peeks).toEqual([{ messageId: 'a', maxBytes: 256 * MIB, signal }]);
    expect(await deadLetters.body('b')).toMatchObject({ cut: false });
    expect(await deadLetters.body('c')).toEqual({ body: 'c'.repeat(256 * 1024), cut: true });
    await expect(deadLetters.body('d')).rejects.toMatchObject({ status: 404, title: 'No such message' });
  });

  test('is dropped from the cache by the next read', async () => {
    const { deadLetters, clock, messagesById } = startDeadLetters([peekedDeadLetter('a')], { canPeek: false });
    await deadLetters.list();
    messagesById.delete('a');
    await clock.advance(5001);
    await deadLetters.list();
    await expect(deadLetters.body('a')).rejects.toMatchObject({ status: 404 });
    expect(deadLetters.receivedDeadLetters()).toEqual([]);
  });
});
