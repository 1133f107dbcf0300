// Sending one message: the response, and refused requests.

import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Theme } from '../case.ts';
import { expectError } from '../errors.ts';
import { fifoQueue, QUEUE_BASICS } from '../test-queue.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export const sending: Theme = {
  name: 'sending',
  needs: QUEUE_BASICS,
  cases: {
    'a send returns id, MD5 and a growing sequence number': async (world) => {
      const queue = await fifoQueue(world);
      const body = 'Ein Film über Öl 🎬 & <b>"more"</b>\r\n\t';
      const first = await queue.send(body, 'g');
      const second = await queue.send(body, 'g');
      expect(first.MessageId).toMatch(/^[0-9a-f-]{36}$/);
      expect(first.MD5OfMessageBody).toBe(md5(body));
      expect(first.MD5OfMessageAttributes).toBeUndefined();
      expect(second.MessageId).not.toBe(first.MessageId);
      expect(BigInt(second.SequenceNumber ?? 0) > BigInt(first.SequenceNumber ?? 0)).toBe(true);
      const [received] = await queue.receiveAll(2);
      expect(received).toMatchObject({ Body: body, MessageId: first.MessageId, MD5OfBody: md5(body) });
      expect(received?.Attributes?.SequenceNumber).toBe(first.SequenceNumber);
    },

    "the MD5 of message attributes is AWS's": async (world) => {
      const queue = await fifoQueue(world);
      const answer = await queue.send('msg', 'g', {
        MessageAttributes: {
          'Help.Me': { DataType: 'String', StringValue: 'Me' },
          Hello: { DataType: 'String', StringValue: 'There' },
          General: { DataType: 'String', StringValue: 'Kenobi' },
        },
      });
      // Recorded on AWS.
      expect(answer.MD5OfMessageAttributes).toBe('4c360f3fdafd970e05fae2f149d997f5');
    },

    'message attributes of every type are received as they were sent': async (world) => {
      const queue = await fifoQueue(world);
      const attributes = {
        text: { DataType: 'String', StringValue: 'ü <&>' },
        custom: { DataType: 'String.json', StringValue: '{}' },
        number: { DataType: 'Number', StringValue: '-12.5' },
        bytes: { DataType: 'Binary.gif', BinaryValue: new Uint8Array([0, 1, 254, 255]) },
      };
      const sent = await queue.send('x', 'g', { MessageAttributes: attributes });
      const received = await queue.receiveOne({ MessageAttributeNames: ['All'] });
      expect(received.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
      expect(Object.keys(received.MessageAttributes ?? {}).toSorted()).toEqual(Object.keys(attributes).toSorted());
      expect(received.MessageAttributes?.text).toMatchObject(attributes.text);
      expect(received.MessageAttributes?.custom).toMatchObject(attributes.custom);
      expect(received.MessageAttributes?.number).toMatchObject(attributes.number);
      expect([...(received.MessageAttributes?.bytes?.BinaryValue ?? [])]).toEqual([0, 1, 254, 255]);
    },

    'wrong message attributes are refused': async (world) => {
      const queue = await fifoQueue(world);
      const expectRefused = (name: string, value: { DataType: string; StringValue?: string }) =>
        expectError(queue.send('x', 'g', { MessageAttributes: { [name]: value } }), 'InvalidParameterValue');
      const value = { DataType: 'String', StringValue: 'x' };
      await expectRefused('AWS.x', value);
      await expectRefused('.x', value);
      await expectRefused('x y', value);
      await expectRefused('x', { DataType: 'Date', StringValue: 'x' });
      await expectRefused('x', { DataType: 'String', StringValue: '' });
      await expectRefused('x', { DataType: 'Number', StringValue: 'many' });
      const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, value]));
      await expectError(queue.send('x', 'g', { MessageAttributes: eleven }), 'InvalidParameterValue');
    },

    'a FIFO send needs a message group': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(queue.sendPlain('x', { MessageDeduplicationId: 'd' }), 'MissingParameter');
    },

    'a FIFO send needs a deduplication id': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(queue.sendPlain('x', { MessageGroupId: 'g' }), 'InvalidParameterValue');
    },

    'group and deduplication ids have at most 128 letters, digits and punctuation': async (world) => {
      const queue = await fifoQueue(world);
      for (const id of ['with space', 'ü', 'x'.repeat(129)]) {
        await expectError(queue.send('x', id), 'InvalidParameterValue');
        await expectError(queue.send('x', 'g', { MessageDeduplicationId: id }), 'InvalidParameterValue');
      }
      const allCharacters = 'abcXYZ019!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
      await queue.send('x', allCharacters, { MessageDeduplicationId: allCharacters });
      const { Attributes } = await queue.receiveOne();
      expect(Attributes).toMatchObject({ MessageGroupId: allCharacters, MessageDeduplicationId: allCharacters });
      const longest = 'x'.repeat(128);
      await queue.send('x', longest, { MessageDeduplicationId: longest });
    },

    'an empty body is refused': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(queue.send('', 'g'), 'MissingParameter', 'InvalidParameterValue');
    },

    'characters outside XML 1.0 are refused': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(queue.send('bell \u0007', 'g'), 'InvalidMessageContents');
      await expectError(queue.send('not a character \uFFFE', 'g'), 'InvalidMessageContents');
      await queue.send('tab\t line\n return\r \uD83C\uDFAC \uE000', 'g');
      expect((await queue.receiveOne()).Body).toBe('tab\t line\n return\r \uD83C\uDFAC \uE000');
    },

    'a message may have as many bytes as MaximumMessageSize, attributes included': async (world) => {
      const queue = await fifoQueue(world, { MaximumMessageSize: '1024' });
      await queue.send('ü'.repeat(512), 'a');
      await expectError(queue.send(`${'ü'.repeat(512)}x`, 'a'), 'InvalidParameterValue');
      const attributes = { name: { DataType: 'String', StringValue: 'value' } };
      const maxBodyBytes = 1024 - 'name'.length - 'String'.length - 'value'.length;
      await queue.send('x'.repeat(maxBodyBytes), 'b', { MessageAttributes: attributes });
      await expectError(
        queue.send('x'.repeat(maxBodyBytes + 1), 'b', { MessageAttributes: attributes }),
        'InvalidParameterValue',
      );
    },

    'a message may have 1 MiB': async (world) => {
      const queue = await fifoQueue(world);
      const body = 'x'.repeat(1_048_576);
      await queue.send(body, 'g');
      await expectError(queue.send(`${body}x`, 'g'), 'InvalidParameterValue');
      expect((await queue.receiveOne()).MD5OfBody).toBe(md5(body));
    },

    'a FIFO queue refuses a delay of a single message unless it is 0': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(queue.send('x', 'g', { DelaySeconds: 2 }), 'InvalidParameterValue');
      await queue.send('y', 'g', { DelaySeconds: 0 });
      expect((await queue.receiveOne()).Body).toBe('y');
    },

    'the delay of the queue applies to a message, also with a delay of 0': async (world) => {
      const queue = await fifoQueue(world, { DelaySeconds: '5' });
      await queue.send('x', 'a');
      await queue.send('y', 'b', { DelaySeconds: 0 });
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      expect((await queue.receiveAll(2)).map((message) => message.Body).toSorted()).toEqual(['x', 'y']);
    },
  },
};
