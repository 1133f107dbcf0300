// Items of the table: values within their bounds are accepted, others are refused.
import { describe, expect, test } from '@jest/globals';
import {
  jobIdOf,
  jobItemSchema,
  jobMarkerSchema,
  ledgerSchema,
  planJob,
  serviceReportSchema,
  sliceTraceSchema,
} from '../src/index.ts';

const plan = planJob({ nonce: 'n', movies: 10, movies_per_message: 1, seed: 1, generator: 1 });
const started_on = '2026-11-25T09:12:54.000Z';
const job = { job_id: jobIdOf(plan), kind: 'job', status: 'RUNNING', plan, started_on };
const ledger = { expected: 10, stored_on: started_on, stored_by: 'consumer' };
const message = { number: 0, sent_ms: -5, received_ms: 0, stored_ms: 1, receives: 1 };
const report = {
  kind: 'report',
  service: 'consumer',
  instance: 'i',
  at: 0,
  peak_rss_bytes: 0,
  cpu_seconds: 0,
  final: true,
};

const isJob = (more: object) => jobItemSchema.safeParse({ ...job, ...more }).success;
const isLedger = (more: object) => ledgerSchema.safeParse({ ...ledger, ...more }).success;
const isMessageTrace = (more: object) =>
  sliceTraceSchema.safeParse({ stored_by: 'c', messages: [{ ...message, ...more }] }).success;
const isReport = (more: object) => serviceReportSchema.safeParse({ ...report, ...more }).success;

describe('an item of a job', () => {
  test('has no finished children until the first one is full', () => {
    expect(jobItemSchema.parse(job).done).toEqual(new Set());
    expect(isJob({ done: new Set([0, 255]) })).toBe(true);
    expect([-1, 256, 0.5].some((child) => isJob({ done: new Set([child]) }))).toBe(false);
  });

  test('is RUNNING or COMPLETE, and its other fields have bounds', () => {
    expect(isJob({ status: 'COMPLETE', completed_on: started_on, object_key: 'k', object_bytes: 0 })).toBe(true);
    expect(isJob({ status: 'FAILED' })).toBe(false);
    expect(isJob({ object_bytes: -1 })).toBe(false);
    expect(isJob({ object_key: 'k'.repeat(64) })).toBe(true);
    expect(isJob({ object_key: 'k'.repeat(65) })).toBe(false);
    expect(isJob({ started_on: '2026-11-25T09:12:54Z' })).toBe(false);
    expect(isJob({ upload_id: 'u'.repeat(1024), upload_on: started_on })).toBe(true);
    expect(isJob({ upload_on: '2026-11-25T09:12:54Z' })).toBe(false);
    expect([0, 1, -1, 0.5].map((expires_at) => isJob({ expires_at }))).toEqual([true, true, false, false]);
  });
});

describe('the marker of a deleted job', () => {
  const marker = { job_id: jobIdOf(plan), plan, status: 'DELETING', deleted_on: started_on, expires_at: 0 };
  const markerIs = (more: object) => jobMarkerSchema.safeParse({ ...marker, ...more }).success;

  test('belongs to a deletion that is DELETING or DELETED, and expires', () => {
    expect(['DELETING', 'DELETED', 'RUNNING'].map((status) => markerIs({ status }))).toEqual([true, true, false]);
    expect([0, 1, -1, 0.5, undefined].map((expires_at) => markerIs({ expires_at }))).toEqual([
      ...[true, true, false, false, false],
    ]);
  });

  test('has the upload of the job until it is aborted', () => {
    expect(markerIs({ upload_id: undefined })).toBe(true);
    expect([1, 1024, 1025].map((length) => markerIs({ upload_id: 'u'.repeat(length) }))).toEqual([true, true, false]);
  });
});

test('an item without one of its required fields is refused', () => {
  const without = (item: object, field: string) => ({ ...item, [field]: undefined });
  for (const field of Object.keys(job)) expect([field, isJob(without(job, field))]).toEqual([field, false]);
  for (const field of Object.keys(ledger)) expect([field, isLedger(without(ledger, field))]).toEqual([field, false]);
  for (const field of Object.keys(message))
    expect([field, isMessageTrace(without(message, field))]).toEqual([field, false]);
});

describe('a ledger', () => {
  test('has no stored messages until the first one is stored', () => {
    expect(ledgerSchema.parse(ledger).stored).toEqual(new Set());
    expect(isLedger({ stored: new Set([0, 199]) })).toBe(true);
    expect([-1, 200].some((number) => isLedger({ stored: new Set([number]) }))).toBe(false);
  });

  test('expects 1 to 200 messages, and its other fields have bounds', () => {
    expect([0, 1, 200, 201].map((expected) => isLedger({ expected }))).toEqual([false, true, true, false]);
    expect([256, 257].map((length) => isLedger({ stored_by: 'c'.repeat(length) }))).toEqual([true, false]);
    expect([1024, 1025].map((length) => isLedger({ part_upload: 'u'.repeat(length) }))).toEqual([true, false]);
    expect([0, 1, -1].map((expires_at) => isLedger({ expires_at }))).toEqual([true, true, false]);
  });
});

describe('the trace of a slice', () => {
  test('has up to 200 messages that were received at least once, and the name of a consumer', () => {
    expect([isMessageTrace({}), isMessageTrace({ number: -1 }), isMessageTrace({ receives: 0 })]).toEqual([
      true,
      false,
      false,
    ]);
    const of = (length: number) => ({ stored_by: 'c', messages: Array.from({ length }, () => message) });
    expect([200, 201].map((length) => sliceTraceSchema.safeParse(of(length)).success)).toEqual([true, false]);
    expect(sliceTraceSchema.safeParse({ stored_by: 'c'.repeat(257), messages: [] }).success).toBe(false);
    expect(sliceTraceSchema.safeParse({ stored_by: 'c'.repeat(256), messages: [] }).success).toBe(true);
  });
});

describe('a report', () => {
  test('has 0 for missing counters', () => {
    const { sent_messages, write_units, calls, completed_jobs } = serviceReportSchema.parse(report);
    expect([sent_messages, write_units, calls, completed_jobs]).toEqual([0, 0, {}, []]);
  });

  test.each([
    ['http_port', 1, 65_535, 0, 65_536],
    ['cpu_seconds', 0, 1e9, -1, Number.NaN],
    ['write_units', 0, 1.5, -0.5, Number.NaN],
    ['read_units', 0, 1.5, -0.5, Number.NaN],
    ['sent_to_stored_max_seconds', 0, null, -0.5, Number.NaN],
    ['at', 0, 1, -1, 0.5],
    ['sent_messages', 0, 1, -1, 0.5],
  ])('has %s within its bounds', (name, least, most, under, over) => {
    expect([least, most, under, over].map((value) => isReport({ [name]: value }))).toEqual([true, true, false, false]);
  });

  test('has texts and lists of bounded length', () => {
    expect([256, 257].map((length) => isReport({ instance: 'i'.repeat(length) }))).toEqual([true, false]);
    expect([100, 101].map((length) => isReport({ calls: { ['c'.repeat(length)]: 1 } }))).toEqual([true, false]);
    const jobs = (length: number, of: number) => ({ completed_jobs: Array.from({ length }, () => 'j'.repeat(of)) });
    expect([jobs(100, 64), jobs(101, 64), jobs(100, 65)].map(isReport)).toEqual([true, false, false]);
    const buckets = (length: number, seconds: number | null) => ({
      sent_to_stored: Array.from({ length }, () => ({ seconds, messages: 0 })),
    });
    expect([buckets(100, 0), buckets(1, null), buckets(101, 0), buckets(1, -1)].map(isReport)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
