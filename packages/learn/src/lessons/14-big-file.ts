// Lesson 14: a multipart upload whose writer is killed.
import { ListPartsCommand } from '@aws-sdk/client-s3';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';

const MEBIBYTE = 1024 * 1024;
/** The smallest part that S3 allows, but for the last one. */
const PART_BYTES = 5 * MEBIBYTE;
const PARTS = 3;
const KEY = 'big-file.json';

type Shown = {
  bytes_after_kill: number | null;
  parts_after_kill: number;
  parts_sent_again: number;
  bytes_in_the_end: number | null;
};

export const bigFile = defineLesson<Shown>({
  lesson: 14,
  title: 'The big file',
  question:
    'A process writes a file of 15 MiB to S3 in three parts, and is killed while it sends the second one. What is in the bucket, and what must the next process send?',
  setUp:
    'A multipart upload of three parts of 5 MiB, and one fault: the connection of the second UploadPart breaks before its effect.',
  look: 'Whether the file can be seen, which parts ListParts shows, and what the second process sends.',
  answers: {
    a: {
      text: 'The first 5 MiB of the file; the rest must be added.',
      shownBy: ({ bytes_after_kill }) => bytes_after_kill !== null && bytes_after_kill < PARTS * PART_BYTES,
    },
    b: {
      text: 'No file, but the first part is kept: only the other two must be sent.',
      shownBy: ({ bytes_after_kill, parts_sent_again }) => bytes_after_kill === null && parts_sent_again === PARTS - 1,
    },
    c: {
      text: 'No file and no part: all three must be sent again.',
      shownBy: ({ bytes_after_kill, parts_sent_again }) => bytes_after_kill === null && parts_sent_again === PARTS,
    },
  },
  right: 'b',
  explanation: [
    'A multipart upload is a place of its own in S3: its parts are stored one by one, and the object appears when it is completed.',
    'So a reader sees the whole file or none, never a half of it.',
    'A part is stored whole or not at all, and parts that are stored stay, whatever happens to the process that sent them.',
    'Any process that knows the upload id can list the parts, send those that are missing, and complete the upload.',
    'Parts of an upload that is never completed cost storage and are in no list of objects, so our bucket has a rule that removes them.',
  ],
  code: { file: 'packages/aws/src/definitions.ts', line: 'AbortIncompleteMultipartUpload: {' },
  page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html',
  cause: 'No process is killed: the first one sends all three parts and completes the upload.',
  async run(world, withCause) {
    const uploadId = await world.objects.createUpload(KEY);
    if (withCause) {
      await world.objects.uploadPart(KEY, uploadId, 1, partBody(1));
      world.lab.faults.add({ operation: 's3:UploadPart', fault: 'reset', times: 1 });
      await world.objects.uploadPart(KEY, uploadId, 2, partBody(2)).catch(() => undefined);
      world.note('process 1 sent part 1, and is killed while it sends part 2');
    } else await sendMissing(world, uploadId);
    const bytes_after_kill = (await world.objects.size(KEY)) ?? null;
    world.note(bytes_after_kill === null ? 'there is no file' : `the file has ${bytes_after_kill} bytes`);
    if (!withCause)
      return { bytes_after_kill, parts_after_kill: PARTS, parts_sent_again: 0, bytes_in_the_end: bytes_after_kill };
    const parts_after_kill = (await partsOf(world, uploadId)).length;
    world.note(`the upload has ${parts_after_kill} part`);
    const parts_sent_again = await sendMissing(world, uploadId);
    const bytes_in_the_end = (await world.objects.size(KEY)) ?? null;
    world.note(`process 2 sent ${parts_sent_again} parts and completed the upload: ${bytes_in_the_end} bytes`);
    return { bytes_after_kill, parts_after_kill, parts_sent_again, bytes_in_the_end };
  },
});

const partBody = (number: number): Uint8Array => new Uint8Array(PART_BYTES).fill(number);

/** What S3 has of an upload. */
async function partsOf({ clients, settings }: LessonWorld, UploadId: string) {
  const { Parts = [] } = await clients.s3.send(new ListPartsCommand({ Bucket: settings.bucket, Key: KEY, UploadId }));
  return Parts.map(({ PartNumber = 0, ETag = '', ChecksumCRC32: crc32 }) => ({
    number: PartNumber,
    etag: ETag,
    crc32,
  }));
}

/** Any process can do this. @returns how many parts it sent */
async function sendMissing(world: LessonWorld, uploadId: string): Promise<number> {
  const there = new Set((await partsOf(world, uploadId)).map(({ number }) => number));
  const missing = Array.from({ length: PARTS }, (_, index) => index + 1).filter((number) => !there.has(number));
  for (const number of missing) await world.objects.uploadPart(KEY, uploadId, number, partBody(number));
  await world.objects.completeUpload(KEY, uploadId, await partsOf(world, uploadId));
  return missing.length;
}
