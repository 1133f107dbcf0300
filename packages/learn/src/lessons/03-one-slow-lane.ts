// Lesson 3: head of line blocking, per group.
import { defineLesson } from '../lesson.ts';

const GROUPS = ['A', 'B', 'C'];
const MESSAGES_OF_GROUP = 4;
const WORK_SECONDS = 60;

type Measurements = { processed: number; waiting_behind: number };

export const oneSlowLane = defineLesson<Measurements>({
  lesson: 3,
  title: 'One slow lane',
  question:
    'Twelve messages wait, four in each of three groups. The first message of group A takes a minute. How many of the other eleven can be processed during that minute?',
  setUp:
    'One FIFO queue, three groups of four messages, one consumer that holds A1 for 60 s and one that works at once.',
  look: 'One lane per group: which lanes empty, and which waits behind its first message.',
  answers: {
    a: { text: 'All eleven.', fits: ({ processed }) => processed === 11 },
    b: { text: 'Eight: those of the two other groups.', fits: ({ processed }) => processed === 8 },
    c: { text: 'None: the queue is first in, first out.', fits: ({ processed }) => processed === 0 },
  },
  right: 'b',
  explanation: [
    'Order holds within a group, so nothing of group A may be processed before A1 is.',
    'The three messages behind A1 wait, however many consumers there are.',
    'The other groups are separate lanes: their eight messages are done within a second.',
    'So the number of groups bounds how many consumers can work, and a small group bounds what a slow message holds up.',
    'Our consumer processes the groups of a receive concurrently and stops a group at its first failure.',
  ],
  code: {
    file: 'services/consumer/src/handler.ts',
    line: 'await Promise.all(groups.map((deliveries) => this.#handleGroup(deliveries, receivedOn, extension)));',
  },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queue-message-groups.html',
  cause: 'Each message has a group of its own.',
  async run(world, withCause) {
    const queue = await world.ownQueue('lanes.fifo');
    for (let number = 1; number <= MESSAGES_OF_GROUP; number += 1) {
      for (const group of GROUPS) await queue.send(`${group}${number}`, withCause ? group : `${group}${number}`);
    }
    const [slow] = await queue.receive({ visibilitySeconds: 2 * WORK_SECONDS, by: 'consumer 1' });
    world.note(`consumer 1 works on ${slow?.body} for a minute`);
    let processed = 0;
    for (let second = 0; second < WORK_SECONDS; second += 5) {
      const messages = await queue.receive({ max: 10, by: 'consumer 2' });
      for (const message of messages) if (await queue.delete(message)) processed += 1;
      world.reportValue('processed', processed);
      if (messages.length > 0) world.note(`consumer 2 has done ${messages.map(({ body }) => body).join(', ')}`);
      await world.forward(5);
    }
    return { processed, waiting_behind: GROUPS.length * MESSAGES_OF_GROUP - 1 - processed };
  },
});
