// Messages are cut out of an answer wherever its pieces end, whatever their texts contain.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageTexts } from '../src/message-texts.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  // All pieces share one buffer, so bytes that are needed later must have been copied.
  const memory = Buffer.alloc(size);
  for (let offset = 0; offset < bytes.length; offset += size)
    yield memory.subarray(0, bytes.copy(memory, 0, offset, offset + size));
}

async function messagesOf(text: string, size = 1000): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const messageText of messageTexts(inPieces(Buffer.from(text), size)))
    messages.push(JSON.parse(messageText));
  return messages;
}

const answerWith = (Message: unknown) =>
  JSON.stringify({
    ReceiveMessageResponse: { ReceiveMessageResult: { Message }, ResponseMetadata: { RequestId: 'r' } },
  });

const message = fc.record({
  Body: fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', 'é', '🎬', '\n') }),
  Attribute: fc.array(fc.record({ Name: fc.string(), Value: fc.string() }), { maxLength: 2 }),
});

describe('messageTexts', () => {
  test('returns the messages of the list in order, however the answer arrives', async () => {
    const anyAnswer = fc.record({
      messages: fc.array(message, { maxLength: 4 }),
      size: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(anyAnswer, async ({ messages, size }) => {
        expect(await messagesOf(answerWith(messages), size)).toEqual(messages);
      }),
    );
  });

  test('accepts a single message instead of a list, or none', async () => {
    const single = { Body: '{"a":[1]}', Attribute: { Name: 'n', Value: 'v' } };
    for (const size of [1, 7, 1000]) expect(await messagesOf(answerWith(single), size)).toEqual([single]);
    expect(await messagesOf(answerWith(null))).toEqual([]);
    expect(await messagesOf('{"ReceiveMessageResponse":{"ReceiveMessageResult":{}}}')).toEqual([]);
  });

  test('finds messages beside texts that contain JSON syntax', async () => {
    const ResponseMetadata = { 'Request}Id': '"}]{[\\' };
    const ReceiveMessageResult = { Message: [{ Body: 'a' }, { Body: 'b' }] };
    const text = JSON.stringify({ ReceiveMessageResponse: { ResponseMetadata, ReceiveMessageResult } });
    for (const size of [1, 7, 1000]) expect(await messagesOf(text, size)).toEqual(ReceiveMessageResult.Message);
  });

  test('ignores objects at other depths', async () => {
    expect(await messagesOf('{"a":{"b":{"c":[[{"d":1}]]}},"e":{"f":1}}')).toEqual([]);
  });

  test('returns the complete messages of a truncated answer, then throws', async () => {
    const text = answerWith([{ Body: 'a' }, { Body: 'b' }]);
    const messages: string[] = [];
    const reading = async () => {
      for await (const messageText of messageTexts(inPieces(Buffer.from(text.slice(0, -40)), 9)))
        messages.push(messageText);
    };
    await expect(reading()).rejects.toThrow('the answer ended too early');
    expect(messages).toEqual(['{"Body":"a"}', '{"Body":"b"}']);
  });

  test('accepts a message of 16 MiB, and throws for a larger one', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const maxBytes = 16 * mebibyte.length;
    /** One message of this length, followed by a small one. */
    async function* messageOf(bytes: number) {
      yield Buffer.from('{"a":{"b":{"c":[{"Body":"');
      let remaining = bytes - '{"Body":""}'.length;
      for (; remaining > mebibyte.length; remaining -= mebibyte.length) yield mebibyte;
      yield mebibyte.subarray(0, remaining);
      yield Buffer.from('"},{"Body":"next"}]}}}');
    }
    const lengths: number[] = [];
    for await (const messageText of messageTexts(messageOf(maxBytes))) lengths.push(messageText.length);
    expect(lengths).toEqual([maxBytes, '{"Body":"next"}'.length]);
    await expect(messageTexts(messageOf(maxBytes + 1)).next()).rejects.toThrow(
      'a message has more than 16777216 bytes',
    );
  });
});
