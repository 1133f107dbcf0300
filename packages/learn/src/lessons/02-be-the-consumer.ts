// Lesson 2: receipt handle, group lock, delete.
import { defineLesson } from '../lesson.ts';

type Measurements = { first: string | null; second: string | null; third: string | null; after_delete: string | null };

export const beTheConsumer = defineLesson<Measurements>({
  lesson: 2,
  title: 'Be the consumer',
  question:
    'A FIFO queue has the messages A1 and A2 in group A, and B1 in group B. You receive A1 and do not delete it. You receive again and again, one message at a time. What do you get?',
  setUp:
    'One FIFO queue, two message groups, three messages. You are the consumer: `movie-load lab` does the same by hand.',
  look: 'Which message each receive brings, and what deleting A1 by its receipt handle changes.',
  answers: {
    a: {
      text: 'A2, then B1: the next messages in the order of their sending.',
      fits: ({ second }) => second === 'A2',
    },
    b: {
      text: 'B1, then nothing until A1 is deleted; then A2.',
      fits: ({ second, third, after_delete }) => second === 'B1' && third === null && after_delete === 'A2',
    },
    c: {
      text: 'Nothing: a FIFO queue delivers its next message when the last one is deleted.',
      fits: ({ second }) => second === null,
    },
  },
  right: 'b',
  explanation: [
    'A FIFO queue keeps order within a message group, so a group is locked while one of its messages is in flight.',
    'Other groups are not locked: B1 is delivered although A1 is not deleted.',
    'A delete names the receipt handle of a receive, not the message: it names the delivery that is done.',
    'When A1 is deleted, its group is free again, and A2 is the next one.',
    'The messages of a job are in up to 64 groups, those of a large one in more, so that many consumers can work at once.',
  ],
  code: { file: 'packages/schema/src/plan.ts', line: 'const WANTED_GROUPS = 64;' },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html',
  cause: 'The queue is a standard queue: it locks no groups.',
  async run(world, withCause) {
    const queue = await world.ownQueue(withCause ? 'consumer.fifo' : 'consumer');
    for (const body of ['A1', 'A2', 'B1']) await queue.send(body, body.slice(0, 1));
    const receiveBody = async (): Promise<string | null> => {
      const [message] = await queue.receive({ visibilitySeconds: 600, by: 'you' });
      world.note(`a receive brought ${message?.body ?? 'nothing'}`);
      return message?.body ?? null;
    };
    const [first] = await queue.receive({ visibilitySeconds: 600, by: 'you' });
    world.note(`a receive brought ${first?.body ?? 'nothing'}, with a receipt handle`);
    const [second, third] = [await receiveBody(), await receiveBody()];
    if (first !== undefined) await queue.delete(first);
    world.note('A1 is deleted by its receipt handle');
    return { first: first?.body ?? null, second, third, after_delete: await receiveBody() };
  },
});
