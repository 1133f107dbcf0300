// Hostile connections: requests that are never complete, that contradict themselves, or that are not HTTP.

import type { Dice } from './dice.ts';
import { bytesOf, type Delivery, headBytes, type Kind, type Legal } from './request.ts';

const cutAt = (bytes: Buffer, dice: Dice): Buffer => bytes.subarray(0, dice.integer(0, bytes.length - 1));

function withHeaders(legal: Legal, headers: Readonly<Record<string, string>>, body = legal.body): Delivery {
  const head = headBytes({ ...legal, headers: { ...legal.headers, ...headers } });
  return { chunks: [head, body], ending: 'await answer' };
}

/** Bytes as `Transfer-Encoding: chunked`, in pieces of `size`. */
function chunked(body: Buffer, size: number, last = '0\r\n\r\n'): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(last)]);
}

const CHUNKED = { 'transfer-encoding': 'chunked' };

/** Never complete, so without any effect: these are aimed at the canary. */
export const NEVER_COMPLETE: readonly Kind[] = [
  {
    name: 'hang up at any byte',
    make: (legal, dice) => ({ chunks: [cutAt(bytesOf(legal), dice)], ending: 'hang up' }),
  },
  { name: 'reset at any byte', make: (legal, dice) => ({ chunks: [cutAt(bytesOf(legal), dice)], ending: 'reset' }) },
  {
    name: 'half headers, then silence',
    make: (legal, dice) => ({ chunks: [cutAt(headBytes(legal), dice)], ending: 'hang up', slowly: true }),
  },
  {
    name: 'body that stops',
    make: (legal) => ({
      ...withHeaders(legal, { 'content-length': String(legal.body.length + 10) }),
      ending: 'wait for the end',
    }),
    heavy: true,
  },
  {
    name: 'body that stops, in chunks',
    make: (legal) => ({
      ...withHeaders(legal, CHUNKED, chunked(legal.body, 7, '5\r\nab')),
      ending: 'wait for the end',
    }),
    heavy: true,
  },
  {
    name: 'length too long, then reset',
    make: (legal, dice) => ({
      ...withHeaders(legal, { 'content-length': String(legal.body.length + dice.integer(1, 1_000_000)) }),
      ending: 'reset',
    }),
  },
  {
    name: 'chunked and unfinished',
    make: (legal) => ({ ...withHeaders(legal, CHUNKED, chunked(legal.body, 5, '')), ending: 'hang up' }),
  },
  {
    name: 'expects 100, then leaves',
    make: (legal) => ({
      ...withHeaders(legal, { expect: '100-continue', 'content-length': '100' }, Buffer.alloc(0)),
      ending: 'hang up',
    }),
  },
];

const GARBAGE = [
  '\0\0\0\0',
  'GET',
  '\r\n\r\n\r\n',
  '{"a":1}\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00',
  'GET / HTTP/9.9\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];

export const BROKEN_HTTP: readonly Kind[] = [
  {
    name: 'length too short',
    make: (legal) => withHeaders(legal, { 'content-length': String(legal.body.length >> 1) }),
  },
  {
    name: 'nonsense length',
    make: (legal, dice) =>
      withHeaders(legal, { 'content-length': dice.pick(['-1', 'x', '1e3', '0x10', '99999999999999999999', '']) }),
  },
  { name: 'length and chunked', make: (legal) => withHeaders(legal, { ...CHUNKED, 'content-length': '5' }) },
  {
    name: 'broken chunk',
    make: (legal, dice) => {
      const size = dice.pick(['-6', 'zz', 'fffffffffffffffff', '5;ext=1', '']);
      return withHeaders(legal, CHUNKED, Buffer.from(`${size}\r\nabcde\r\n0\r\n\r\n`));
    },
  },
  { name: 'chunks of one byte', make: (legal) => withHeaders(legal, CHUNKED, chunked(legal.body, 1)) },
  {
    name: 'expects 100 or more',
    make: (legal, dice) =>
      withHeaders(legal, {
        expect: dice.pick(['100-continue', '200-ok', '']),
        'content-length': String(legal.body.length),
      }),
  },
  { name: 'no host', make: (legal) => ({ chunks: [bytesOf({ ...legal, headers: {} })], ending: 'await answer' }) },
  {
    name: 'HTTP/1.0',
    make: (legal) => ({
      chunks: [Buffer.from(bytesOf(legal).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'), 'latin1')],
      ending: 'await answer',
    }),
  },
  {
    name: 'huge header',
    make: (legal, dice) => withHeaders(legal, { 'x-amz-meta-a': 'a'.repeat(dice.integer(8000, 40_000)) }),
  },
  {
    name: 'many headers',
    make: (legal) =>
      withHeaders(legal, Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`x-amz-meta-${i}`, '1']))),
  },
  {
    name: 'odd header values',
    make: (legal, dice) => {
      const names = [
        'content-type',
        'range',
        'x-amz-copy-source',
        'if-match',
        'content-md5',
        'x-amz-decoded-content-length',
        'accept',
        'x-amz-checksum-crc32',
      ];
      const value = dice.pick(['', '\xff\xfe', 'bytes=9-1,-', '%', '"', ','.repeat(3000), '../../x', '-1', 'ü']);
      return {
        chunks: [bytesOf({ ...legal, headers: { ...legal.headers, [dice.pick(names)]: value } })],
        ending: 'await answer',
      };
    },
  },
  {
    name: 'other method',
    make: (legal, dice) => ({
      chunks: [
        bytesOf({
          ...legal,
          method: dice.pick(['OPTIONS', 'TRACE', 'CONNECT', 'PATCH', 'PROPFIND', 'GET', 'HEAD', 'FOO']),
        }),
      ],
      ending: 'await answer',
    }),
  },
  {
    name: 'broken address',
    make: (legal, dice) => {
      const odd = [
        '%',
        '%zz',
        '%00',
        '%ff%fe',
        '//',
        '/../..',
        '?a=%',
        '?&&==',
        `/${'a'.repeat(5000)}`,
        '/?Action',
        '#x',
        '*',
        `?${'a=1&'.repeat(2000)}`,
        '/%2e%2e/',
        'http://x:y',
      ];
      const at = dice.integer(0, legal.target.length);
      const target = legal.target.slice(0, at) + dice.pick(odd) + legal.target.slice(at);
      return { chunks: [bytesOf({ ...legal, target })], ending: 'await answer' };
    },
  },
  {
    name: 'absolute address',
    make: (legal) => ({
      chunks: [bytesOf({ ...legal, target: `http://localhost${legal.target}` })],
      ending: 'await answer',
    }),
  },
  {
    name: 'no HTTP at all',
    make: (_, dice) => ({ chunks: [Buffer.from(dice.pick(GARBAGE), 'latin1')], ending: 'hang up' }),
  },
  {
    name: 'bytes turned over',
    make: (legal, dice) => {
      const bytes = bytesOf(legal);
      for (let i = dice.integer(1, 4); i > 0; i -= 1) bytes[dice.integer(0, bytes.length - 1)] = dice.integer(0, 255);
      return { chunks: [bytes], ending: 'hang up' };
    },
  },
  {
    name: 'forty in one go',
    make: (legal) => ({ chunks: [Buffer.concat(Array.from({ length: 40 }, () => bytesOf(legal)))], ending: 'reset' }),
    heavy: true,
  },
  {
    name: 'byte by byte',
    make: (legal) => {
      const bytes = bytesOf(legal);
      const chunks = Array.from({ length: Math.min(20, bytes.length - 1) }, (_, i) => bytes.subarray(i, i + 1));
      return { chunks: [...chunks, bytes.subarray(chunks.length)], ending: 'await answer', slowly: true };
    },
    heavy: true,
  },
];
