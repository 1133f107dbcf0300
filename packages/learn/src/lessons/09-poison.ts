// Lesson 9: the dead-letter queue, the reason, the redrive.
import type { QueuePort } from '@movie-load/aws';
import { redrive, toDeadLetter } from '@movie-load/queue';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';

const POISON = { body: 'certainly no JSON', groupId: 'poison', deduplicationId: 'poison-1' };

type Measurements = { dead_letters: number; reason: string | null; redriven: number; still_in_queue: number };

export const poison = defineLesson<Measurements>({
  lesson: 9,
  title: 'Poison',
  question:
    'A consumer receives a message that is not JSON. Later an operator sends it back from the dead-letter queue (redrive), unchanged. Where is it in the end?',
  setUp: 'The queue with its dead-letter queue, one message that is not JSON, one consumer, one redrive.',
  look: 'The dead-letter queue, with the reason beside the message, before and after the redrive.',
  answers: {
    a: { text: 'Stored: the second attempt succeeds.', fits: ({ dead_letters }) => dead_letters === 0 },
    b: {
      text: 'In the dead-letter queue again, with the reason why.',
      fits: ({ dead_letters, reason }) => dead_letters === 1 && reason === 'not_json',
    },
    c: {
      text: 'In the queue, where it blocks its group until it has been received ten times.',
      fits: ({ still_in_queue }) => still_in_queue > 0,
    },
  },
  right: 'b',
  explanation: [
    'A message that can never succeed is called poison: to try again is to fail again, and its group waits behind it.',
    'Our consumer sees that it is not JSON, puts it into the dead-letter queue with the reason, and only then deletes it.',
    'Its group continues at once, without waiting for ten receives.',
    'A redrive sends the message back with a fresh deduplication id, and the consumer refuses it again for the same reason.',
    'So look at the reason before a redrive: it helps when the consumer was wrong, and never when the message is.',
  ],
  code: { file: 'services/consumer/src/handler.ts', line: 'await this.#refuse(work.refused, extension);' },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html',
  cause: 'The message is a good one, from a job.',
  broken: {
    sabotage: 'delete before dead-lettering',
    about: 'The consumer deletes the message first, and is killed before the dead-letter queue has it.',
    holds: ({ found_again }) => found_again === 1,
    async run(world) {
      await world.queue.send([POISON]);
      const dying = world.consumer('consumer 1', { killedAtCall: 'send' });
      void dying.handle(await dying.receive());
      await world.forward(61);
      const other = world.consumer('consumer 2');
      await other.handle(await other.receive());
      const found_again = (await readDeadLetters(world)).length;
      world.note(`consumer 1 was killed; the dead-letter queue has ${found_again} messages`);
      return { found_again };
    },
  },
  async run(world, withCause) {
    const consumer = world.consumer('consumer 1');
    if (withCause) {
      await world.queue.send([POISON]);
    } else await world.sendJob(1);
    await consumer.handle(await consumer.receive());
    const deadLettersBefore = await readDeadLetters(world);
    world.reportValue('dead letters', deadLettersBefore.length);
    world.note(`after one receive the dead-letter queue has ${deadLettersBefore.length} messages`);
    await world.forward(60);
    const { clock, random, queue: to } = world;
    const { redriven } = await world.as('operator', () =>
      redrive({ from: receivingWithoutWait(world.dlq), to, clock, random }),
    );
    world.reportValue('dead letters', (await readDeadLetters(world)).length);
    world.note(`${redriven} messages are sent back to the queue`);
    await consumer.handle(await consumer.receive());
    const deadLettersAtEnd = await readDeadLetters(world);
    const reason = deadLettersAtEnd[0]?.reason ?? null;
    world.reportValue('dead letters', deadLettersAtEnd.length);
    world.note(`the dead-letter queue has ${deadLettersAtEnd.length} messages${reason === null ? '' : `: ${reason}`}`);
    return {
      dead_letters: deadLettersAtEnd.length,
      reason,
      redriven,
      still_in_queue: (await world.queue.status()).waiting,
    };
  },
});

/** Receives without waiting: a redrive would wait for further messages, of which there are none here. */
const receivingWithoutWait = (dlq: QueuePort): QueuePort => ({
  ...dlq,
  receive: (request) => dlq.receive({ ...request, waitSeconds: 0 }),
});

/** Receives the dead letters and makes them visible again at once. */
async function readDeadLetters(world: LessonWorld) {
  const messages = await world.dlq.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 30 });
  const changes = messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 }));
  if (changes.length > 0) await world.dlq.changeVisibility(changes);
  return messages.map(toDeadLetter);
}
