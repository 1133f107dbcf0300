// Lesson 13: the project's most important rule.
import { jobIdOf } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';
import { countObjectMovies } from '../object.ts';

const MOVIES = 10;

type Measurements = { came_back: number; in_file: number | null };

export const deleteFirst = defineLesson<Measurements>({
  lesson: 13,
  title: 'Delete first',
  question:
    'A consumer receives ten movies, deletes the messages, and is killed before it has stored them. Another consumer is running. How many movies are in the file?',
  setUp:
    'A job of ten movies, a visibility timeout of 60 s, two consumers. The first one is killed between its two steps.',
  look: 'What the second consumer receives, and whether the job is ever complete.',
  answers: {
    a: {
      text: 'Ten: the messages are delivered again, to the other consumer.',
      fits: ({ in_file, came_back }) => in_file === MOVIES && came_back > 0,
    },
    b: {
      text: 'There is no file: the movies are lost.',
      fits: ({ in_file, came_back }) => in_file === null && came_back === 0,
    },
    c: {
      text: 'Ten: SQS keeps deleted messages for five minutes.',
      fits: ({ in_file, came_back }) => in_file === MOVIES && came_back === 0,
    },
  },
  right: 'b',
  explanation: [
    'A delete tells SQS that the message is processed, and SQS removes it.',
    'When the process dies before it has stored the movies, no copy of them is left.',
    'The other order loses nothing: store, count, and only then delete.',
    'When the process dies before the delete, the messages are delivered again and stored again, which changes nothing.',
    'That is the rule of this project: nothing is deleted before it is stored and counted.',
  ],
  code: {
    file: 'services/consumer/src/handler.ts',
    line: 'await jobs.store(batch, { signal: extension.signal, onProgress: extension.progress });',
  },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html',
  cause: 'The order is kept: the consumer stores first, and is killed before the delete.',
  broken: {
    sabotage: 'delete before store',
    about: 'The real consumer with a delete before its store, killed between the two.',
    holds: ({ in_file }) => in_file === MOVIES,
    async run(world) {
      const plan = await world.sendJob(MOVIES);
      const dying = world.consumer('consumer 1', { killedAtCall: 'putBatch' });
      void dying.handle(await dying.receive());
      await world.forward(61);
      const other = world.consumer('consumer 2');
      await other.handle(await other.receive());
      const in_file = await countObjectMovies(world, jobIdOf(plan));
      world.note(in_file === null ? 'there is no file' : `the file has ${in_file} movies`);
      return { in_file };
    },
  },
  async run(world, withCause) {
    const plan = await world.sendJob(MOVIES);
    const dying = world.consumer('consumer 1', { killedAtCall: 'delete' });
    const messages = await dying.receive();
    if (withCause) {
      await world.queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
      world.note('consumer 1 deleted ten messages, and is killed before it stores them');
      dying.kill();
    } else {
      void dying.handle(messages);
      await untilWorkStops(world);
      world.note('consumer 1 stored ten movies, and is killed before it deletes them');
    }
    await world.forward(61);
    const other = world.consumer('consumer 2');
    const received = await other.receive();
    await other.handle(received);
    world.note(`consumer 2 received ${received.length} messages`);
    const in_file = await countObjectMovies(world, jobIdOf(plan));
    world.reportValue('movies in the file', in_file ?? 0);
    world.note(in_file === null ? 'there is no file' : `the file has ${in_file} movies`);
    return { came_back: received.length, in_file };
  },
});

/** Lets work that the script does not wait for continue as far as it can. */
const untilWorkStops = (world: LessonWorld): Promise<void> => world.forward(1);
