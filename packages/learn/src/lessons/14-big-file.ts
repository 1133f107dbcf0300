// Lesson 14: the file of a job, written in parts while the job runs, by a consumer that is killed.
import { jobIdOf, jobKey, objectKey } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';
import { countObjectMovies } from '../object.ts';

const MOVIES = 60;
const PARTS = 3;
/** Two groups of ten. On AWS a part has at least 5 MiB, some 50,000 movies. */
const PART_MOVIES = MOVIES / PARTS;

type Measurements = {
  in_file_after_kill: number | null;
  parts_after_kill: number;
  parts_sent_after_kill: number;
  in_file: number | null;
};

export const bigFile = defineLesson<Measurements>({
  lesson: 14,
  title: 'The big file',
  question:
    'The file of a job is written to S3 in three parts, each as soon as its movies are stored. The consumer that writes the second part is killed while it sends it. What is in the bucket then, and which parts must still be sent?',
  setUp:
    'A job of 60 movies, parts of 20 movies (on AWS at least 5 MiB), two consumers. The first one is killed at its second UploadPart.',
  look: 'Whether the file can be seen, which parts ListParts shows, and how many parts are sent after the kill.',
  answers: {
    a: {
      text: 'The file with its first part; the second and the third must be added.',
      fits: ({ in_file_after_kill }) => in_file_after_kill !== null && in_file_after_kill < MOVIES,
    },
    b: {
      text: 'No file, but the first part is kept: the second and the third must be sent.',
      fits: ({ in_file_after_kill, parts_sent_after_kill }) =>
        in_file_after_kill === null && parts_sent_after_kill === PARTS - 1,
    },
    c: {
      text: 'No file and no part: all three must be sent.',
      fits: ({ in_file_after_kill, parts_sent_after_kill }) =>
        in_file_after_kill === null && parts_sent_after_kill === PARTS,
    },
  },
  right: 'b',
  explanation: [
    'A multipart upload is separate from the objects in S3: its parts are stored one by one, and the object appears when it is completed.',
    'So a reader sees the whole file or none, never a half of it.',
    'A part is stored whole or not at all, and what is stored stays, whatever happens to the consumer that sent it.',
    'The upload id is in the job’s item, so the consumer that receives the messages again continues the same upload, and sends what S3 does not list.',
    'Parts of an upload that is never completed cost storage and are in no list of objects, so our bucket has a rule that removes them.',
  ],
  code: { file: 'packages/jobs/src/complete.ts', line: 'const missing = missingParts(listed, parts);' },
  page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html',
  cause: 'No consumer is killed.',
  broken: {
    sabotage: 'an upload that is gone counts as the object',
    about:
      'The upload is removed before its end, as the rule of the bucket does it. With the rule broken, the consumer believes that the file is written.',
    holds: ({ in_file }) => in_file === MOVIES,
    async run(world) {
      const consumer = world.consumer('consumer 1', { minPartMovies: PART_MOVIES });
      const job = jobIdOf(await world.sendJob(MOVIES));
      await processPart(consumer);
      await processPart(consumer);
      const uploadId = (await world.table.get(jobKey(job)))?.upload_id?.S ?? '';
      await world.objects.abortUpload(objectKey(job), uploadId);
      world.note('two of three parts are written, and the upload is removed');
      const status = async () => (await world.table.get(jobKey(job)))?.status?.S ?? null;
      for (let attempts = 0; attempts < 5 && (await status()) !== 'COMPLETE'; attempts += 1) {
        await consumer.handle(await consumer.receive());
        await world.forward(61);
      }
      const [in_file, jobStatus] = [await countObjectMovies(world, job), await status()];
      world.note(
        `the job is ${jobStatus}, and ${in_file === null ? 'there is no file' : `its file has ${in_file} movies`}`,
      );
      return { in_file, status: jobStatus };
    },
  },
  async run(world, withCause) {
    const first = world.consumer('consumer 1', { minPartMovies: PART_MOVIES });
    const plan = await world.sendJob(MOVIES);
    const job = jobIdOf(plan);
    await processPart(first);
    world.note(`${PART_MOVIES} movies are stored, and consumer 1 has written part 1`);
    if (withCause) first.killAtCall('uploadPart');
    const work = processPart(first);
    if (withCause) world.note('consumer 1 is killed while it sends part 2');
    else await work;
    await world.forward(61);
    const in_file_after_kill = await countObjectMovies(world, job);
    const parts_after_kill = await countListedParts(world, job);
    world.reportValue('parts in S3', parts_after_kill);
    world.note(
      `${in_file_after_kill === null ? 'there is no file' : 'there is a file'}; S3 lists ${parts_after_kill} part(s)`,
    );
    const sentParts = () => world.clients.counters.calls.get('s3:UploadPart') ?? 0;
    const before = sentParts();
    const second = world.consumer('consumer 2', { minPartMovies: PART_MOVIES });
    for (let messages = await second.receive(); messages.length > 0; messages = await second.receive()) {
      await second.handle(messages);
    }
    const in_file = await countObjectMovies(world, job);
    world.reportValue('movies in the file', in_file ?? 0);
    world.note(`consumer 2 sent ${sentParts() - before} parts and completed the upload: ${in_file} movies`);
    return { in_file_after_kill, parts_after_kill, parts_sent_after_kill: sentParts() - before, in_file };
  },
});

/** Receives and handles the messages of one part: ten, then ten more. */
async function processPart(consumer: ReturnType<LessonWorld['consumer']>): Promise<void> {
  await consumer.handle(await consumer.receive());
  await consumer.handle(await consumer.receive());
}

/** The number of parts of the job's upload that S3 lists. */
async function countListedParts({ table, objects }: LessonWorld, job: string): Promise<number> {
  const uploadId = (await table.get(jobKey(job)))?.upload_id?.S;
  if (uploadId === undefined) return 0;
  return (await objects.listParts(objectKey(job), uploadId)).length;
}
