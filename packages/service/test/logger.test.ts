import fs from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import fc from 'fast-check';
import { createLogger, serializeError } from '../src/index.ts';

function collect() {
  const lines: string[] = [];
  const log = createLogger({
    service: 'consumer',
    instance: 'one',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
    secrets: ['long-enough-secret', 'test'],
  });
  return { lines, log };
}

describe('the log', () => {
  test('has one line of JSON for each event, whatever text comes from outside', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (detail, text) => {
        const { lines, log } = collect();
        // A `%` in the message would be a placeholder for pino.
        const msg = text.replaceAll('%', '');
        log.warn({ job_id: detail, detail }, msg);
        expect(lines).toHaveLength(1);
        expect(lines[0]?.trimEnd().includes('\n')).toBe(false);
        expect(JSON.parse(lines[0] ?? '')).toEqual({
          ...{ level: 'warn', time: expect.any(String), service: 'consumer', instance: 'one' },
          ...{ job_id: detail, detail, msg },
        });
      }),
    );
  });

  test('shows the facts of an SDK error and nothing of its request', () => {
    const { lines, log } = collect();
    const err = Object.assign(new Error('Rate exceeded'), {
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400, requestId: 'r-1', attempts: 3 },
      $request: { headers: { authorization: 'AWS4-HMAC-SHA256 …' } },
    });
    log.error({ err, attempt: 2 }, 'not stored');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      ...{ type: 'ThrottlingException', message: 'Rate exceeded' },
      ...{ http_status: 400, request_id: 'r-1', attempts: 3 },
    });
    expect(lines[0]).not.toContain('AWS4-HMAC');
    expect(lines[0]).not.toContain('headers');
  });

  test('shows the first reason of an error that only collects others', () => {
    const { lines, log } = collect();
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:4566'), { code: 'ECONNREFUSED' });
    const second = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' });
    log.warn({ err: new AggregateError([refused, second]) }, 'a receive failed');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ message: refused.message, code: 'ECONNREFUSED' });
  });

  test.each<[string, object, object]>([
    ['a code that is a number', { code: 5 }, { type: 'Error', message: 'odd' }],
    ['a name that is not a text', { name: 7 }, { type: 'Error', message: 'odd' }],
    ['a message that is not one', { message: {} }, { type: 'Error', message: '' }],
    ['details that are a list', { details: [1] }, { type: 'Error', message: 'odd' }],
    ['details without content', { details: {} }, { type: 'Error', message: 'odd' }],
    ['errors that are not a list', { message: '', errors: 3 }, { type: 'Error', message: '' }],
    ['metadata that are a text', { $metadata: 'x' }, { type: 'Error', message: 'odd' }],
    [
      'metadata of other types',
      { $metadata: { httpStatusCode: '5', attempts: '1', requestId: 'r' } },
      { request_id: 'r' },
    ],
  ])('leaves out an invalid property of an error: %s', (_, odd, expected) => {
    const { lines, log } = collect();
    log.warn({ err: Object.assign(new Error('odd'), { stack: undefined }, odd) }, 'x');
    const { err } = JSON.parse(lines[0] ?? '');
    expect(err).toMatchObject(expected);
    for (const key of ['code', 'details', 'http_status', 'attempts', 'stack']) expect(err).not.toHaveProperty(key);
  });

  test('shows each of an error’s metadata, whatever the others are', () => {
    const { lines, log } = collect();
    const good = { httpStatusCode: 503, requestId: 'r', attempts: 3 };
    const names = { httpStatusCode: 'http_status', requestId: 'request_id', attempts: 'attempts' } as const;
    const expected = { http_status: 503, request_id: 'r', attempts: 3 };
    for (const key of ['httpStatusCode', 'requestId', 'attempts'] as const) {
      log.warn({ err: Object.assign(new Error('odd'), { $metadata: { ...good, [key]: {} } }) }, 'x');
      const { err } = JSON.parse(lines.pop() ?? '');
      expect({ http_status: err.http_status, request_id: err.request_id, attempts: err.attempts }).toEqual({
        ...expected,
        [names[key]]: undefined,
      });
    }
  });

  test('shows a cause and its cause, but no endless chain; and thrown values that are not errors', () => {
    const { lines, log } = collect();
    const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    log.error(
      { err: new MovieLoadError('aws_refused', 'The job was not sent.', { details: { sent: 3 }, cause }) },
      'x',
    );
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      code: 'aws_refused',
      details: { sent: 3 },
      stack: expect.stringContaining('logger.test.ts'),
      cause: { type: 'Error', message: 'socket hang up', code: 'ECONNRESET' },
    });
    expect(JSON.parse(lines[0] ?? '').err.cause).not.toHaveProperty('details');
    const circular = new Error('again');
    circular.cause = circular;
    log.error({ err: circular }, 'x');
    expect(lines[1]?.match(/"message":"again"/g)).toHaveLength(5);
    log.error({ err: 'x'.repeat(3000) }, 'x');
    expect(JSON.parse(lines[2] ?? '').err).toEqual({ type: 'string', message: 'x'.repeat(2000) });
    const sdk = { $metadata: { httpStatusCode: 503 } };
    log.error({ err: Object.assign(new Error('y'.repeat(3000)), sdk) }, 'x');
    expect(JSON.parse(lines[3] ?? '').err).toMatchObject({ http_status: 503, message: 'y'.repeat(2000) });
  });

  test('removes known secrets of at least six characters from texts, and the values of secret keys', () => {
    const { lines, log } = collect();
    log.info({ settings: { credentials: { accessKeyId: 'x' } }, note: 'a test' }, 'with long-enough-secret in it');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      settings: { credentials: '[removed]' },
      note: 'a test',
      msg: 'with [removed] in it',
    });
    log.info({ deep: { er: { password: 'x', note: 'y' } }, authorization: 'Bearer x' }, 'x');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      deep: { er: { password: '[removed]', note: 'y' } },
      authorization: '[removed]',
    });
  });

  test.each([
    'secretAccessKey',
    'accessKeyId',
    'sessionToken',
    'credentials',
    'password',
    'authorization',
    'Authorization',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_ACCESS_KEY_ID',
  ])('removes the value of %s, up to three levels deep', (key) => {
    const { lines, log } = collect();
    log.info({ [key]: 'x', a: { [key]: 'y', b: { [key]: 'z' } } }, 'settings');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      [key]: '[removed]',
      a: { [key]: '[removed]', b: { [key]: '[removed]' } },
    });
  });

  test('has the lines of its level and above, info by default', () => {
    const levelsOf = (level?: 'warn' | 'debug') => {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const log = createLogger({ service: 'test', instance: 'one', destination, ...(level && { level }) });
      log.debug('a');
      log.info('b');
      log.warn('c');
      return lines.map((line) => JSON.parse(line).level);
    };
    expect([levelsOf(), levelsOf('warn'), levelsOf('debug')]).toEqual([
      ['info', 'warn'],
      ['warn'],
      ['debug', 'info', 'warn'],
    ]);
  });

  test('names the trace of a job where traces are exported', () => {
    const job_id = '0123abcd-0000-5000-8000-000000000000';
    const traceIds = (hasTraces?: boolean) => {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const log = createLogger({ service: 'test', instance: 'one', destination, ...(hasTraces && { hasTraces }) });
      log.info({ job_id }, 'of a job');
      log.info({ group: 1 }, 'of none');
      log.info({ job_id: 5 }, 'of what is not one');
      return lines.map((line) => JSON.parse(line).trace_id);
    };
    expect(traceIds(true)).toEqual([job_id.replaceAll('-', ''), undefined, undefined]);
    expect(traceIds()).toEqual([undefined, undefined, undefined]);
  });

  test('is written to standard error synchronously, so a killed process has logged everything', () => {
    const written: unknown[] = [];
    const { writeSync } = fs;
    Object.assign(fs, {
      writeSync: (fd: number, text: string) => {
        written.push([fd, JSON.parse(text).msg]);
        return Buffer.byteLength(text);
      },
    });
    try {
      createLogger({ service: 'test', instance: 'one', secrets: [] }).info('last words');
      expect(written).toEqual([[2, 'last words']]);
    } finally {
      Object.assign(fs, { writeSync });
    }
  });

  test('shows an error that contains only itself, without an endless search', () => {
    const error = Object.assign(new Error(''), { errors: [] as unknown[] });
    error.errors.push(error);
    expect(serializeError(error)).toMatchObject({ type: 'Error', message: '' });
  });

  test('removes a secret also where JSON escapes it', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const secrets = ['wJalr"XUtnFEMI\\K7MDENG'];
    const log = createLogger({ service: 'consumer', instance: 'one', destination, secrets });
    log.info({ detail: `it is ${secrets[0]}` }, `${secrets[0]}!`);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ detail: 'it is [removed]', msg: '[removed]!' });
  });
});
