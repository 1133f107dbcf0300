// The largest requests that AWS accepts: no hostile request may block the event loop for much longer than these.

import { hash } from 'node:crypto';
import { SCRATCH } from './canary.ts';
import { bytesOf, type HttpRequest, type ServiceName, signed } from './request.ts';

const MIB = 1_048_576;

function json(service: ServiceName, target: string, body: string): HttpRequest {
  const headers = { ...signed(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
  return { method: 'POST', target: '/', headers, body: Buffer.from(body) };
}

function xml(target: string, body: string): HttpRequest {
  return {
    method: 'POST',
    target,
    headers: { ...signed('s3'), 'content-md5': hash('md5', body, 'base64') },
    body: Buffer.from(body),
  };
}

const QUEUE_URL = `http://localhost/000000000000/${SCRATCH.queue}`;

/** 1 MiB in ten messages, with six characters for each byte. */
function batch(): HttpRequest {
  const body = '\\u0041'.repeat(Math.floor(MIB / 10));
  const entries = Array.from({ length: 10 }, (_, i) => `{"Id":"${i}","MessageBody":"${body}"}`);
  return json('sqs', 'AmazonSQS.SendMessageBatch', `{"QueueUrl":"${QUEUE_URL}","Entries":[${entries.join(',')}]}`);
}

/** 1 MiB as a form, with three characters for each byte. */
function form(): HttpRequest {
  const entries = Array.from(
    { length: 10 },
    (_, i) =>
      `SendMessageBatchRequestEntry.${i + 1}.Id=${i}&SendMessageBatchRequestEntry.${i + 1}.MessageBody=${'%41'.repeat(Math.floor(MIB / 10))}`,
  );
  const headers = { ...signed('sqs-query'), 'content-type': 'application/x-www-form-urlencoded' };
  const body = `Action=SendMessageBatch&QueueUrl=${encodeURIComponent(QUEUE_URL)}&${entries.join('&')}`;
  return { method: 'POST', target: '/', headers, body: Buffer.from(body) };
}

/** A batch with nearly the largest number of values that the embedded DynamoDB accepts. */
function writes(): HttpRequest {
  const list = `{"L":[${'{"N":"1234567890"},'.repeat(44_000)}{"N":"1"}]}`;
  const items = Array.from({ length: 16 }, (_, i) => `{"PutRequest":{"Item":{"id":{"S":"${i}"},"l":${list}}}}`);
  return json(
    'dynamodb',
    'DynamoDB_20120810.BatchWriteItem',
    `{"RequestItems":{"${SCRATCH.table}":[${items.join(',')}]}}`,
  );
}

function completion(): HttpRequest {
  const part = (i: number) =>
    `<Part><PartNumber>${i}</PartNumber><ETag>"${'0'.repeat(32)}"</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>`;
  const parts = Array.from({ length: 10_000 }, (_, i) => part(i + 1));
  return xml(
    `/${SCRATCH.bucket}/a.json?uploadId=none`,
    `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
  );
}

function deletion(): HttpRequest {
  const keys = Array.from({ length: 1000 }, (_, i) => `<Object><Key>${'k'.repeat(1000)}${i}</Key></Object>`);
  return xml(`/${SCRATCH.bucket}?delete`, `<Delete>${keys.join('')}</Delete>`);
}

export const LARGEST: readonly (readonly [name: string, bytes: () => Buffer])[] = [
  ['sqs:SendMessageBatch, 1 MiB in 6 MiB of JSON', () => bytesOf(batch())],
  ['sqs-query:SendMessageBatch, 1 MiB in a form of 3 MiB', () => bytesOf(form())],
  ['dynamodb:BatchWriteItem, 13 MB with 704,000 values', () => bytesOf(writes())],
  ['s3:CompleteMultipartUpload, 10,000 parts', () => bytesOf(completion())],
  ['s3:DeleteObjects, 1,000 keys of 1 KB', () => bytesOf(deletion())],
];
