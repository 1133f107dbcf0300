// Lesson 5: delivery at least once, and why nothing is stored twice.
import { jobIdOf } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';
import { countObjectMovies } from '../object.ts';

const MOVIES = 10;
/** The zombie's movies in the run with a broken rule: its slice overlaps the other consumer's. */
const HALF_OF_MOVIES = 5;

type Measurements = { in_file: number | null; written: number };

export const zombie = defineLesson<Measurements>({
  lesson: 5,
  title: 'The zombie',
  question:
    'A consumer receives ten movies and is paused for two minutes. Another one gets them, stores them and completes the job. Then the first one wakes up and stores what it has. How many movies are in the file?',
  setUp:
    'A job of ten movies, a visibility timeout of 60 s, two consumers. The first one is paused (SIGSTOP) for two minutes.',
  look: 'Movies written, by consumer, against movies in the file; and what the late delete changes.',
  answers: {
    a: { text: 'Twenty: both consumers stored them.', fits: ({ in_file }) => in_file === 2 * MOVIES },
    b: {
      text: 'Ten, although twenty were written.',
      fits: ({ in_file, written }) => in_file === MOVIES && written === 2 * MOVIES,
    },
    c: {
      text: 'Ten: the first one notices that it is late, and writes nothing.',
      fits: ({ in_file, written }) => in_file === MOVIES && written === MOVIES,
    },
  },
  right: 'b',
  explanation: [
    'SQS delivers at least once: while the first consumer was paused, the visibility timeout expired, and the messages were received again.',
    'A paused process cannot know that it was paused, so it continues as if nothing had happened.',
    'The key of each item follows from the movies that are in it, so a second write puts the same item in the same place.',
    'What is counted is a set of message numbers, and a set does not grow by a number that it has.',
    'The late delete finds nothing that it could delete, and the job is complete once.',
  ],
  code: { file: 'packages/schema/src/keys.ts', line: 'export function slicePart({ first, count }: Range): string {' },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html',
  cause: 'The first consumer is not paused: it is done before the visibility timeout expires.',
  broken: {
    sabotage: 'readers do not merge overlaps',
    about:
      'The zombie has five of the ten movies, so its slice and the one with all ten overlap. With the rule broken, the file contains both, unchanged.',
    holds: ({ in_file }) => in_file === MOVIES,
    run: storeOverlapping,
  },
  async run(world, withCause) {
    const [first, second] = [world.consumer('consumer 1'), world.consumer('consumer 2')];
    const plan = await world.sendJob(MOVIES);
    const messages = await first.receive();
    world.note(`consumer 1 received ${messages.length} movies`);
    if (withCause) {
      world.note('consumer 1 is paused');
      await world.forward(61);
      await second.handle(await second.receive());
      world.note('consumer 2 received them too, stored them and completed the job');
      await world.forward(59);
    }
    await first.handle(messages);
    world.note('consumer 1 has stored what it had');
    if (!withCause) await second.handle(await second.receive());
    const in_file = await countObjectMovies(world, jobIdOf(plan));
    world.reportValue('movies in the file', in_file ?? 0);
    return { in_file, written: first.storedMovies + second.storedMovies };
  },
});

/** The zombie wakes up while the other consumer works, and stores the first half first. */
async function storeOverlapping(world: LessonWorld): Promise<Measurements> {
  const [first, second] = [world.consumer('consumer 1'), world.consumer('consumer 2')];
  const plan = await world.sendJob(MOVIES);
  const firstHalf = await first.receive(HALF_OF_MOVIES);
  world.note(`consumer 1 received ${firstHalf.length} movies, and is paused`);
  await world.forward(61);
  const all = await second.receive();
  world.note(`consumer 2 received ${all.length} movies`);
  await first.handle(firstHalf);
  world.note('consumer 1 has woken up and stored what it had');
  await second.handle(all);
  const in_file = await countObjectMovies(world, jobIdOf(plan));
  world.note(`consumer 2 stored its own and completed the job: ${in_file ?? 0} movies in the file`);
  return { in_file, written: first.storedMovies + second.storedMovies };
}
