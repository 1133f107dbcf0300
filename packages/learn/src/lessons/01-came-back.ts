// Lesson 1: the visibility timeout.
import { defineLesson } from '../lesson.ts';

const VISIBILITY_SECONDS = 10;
const WATCHED_SECONDS = 60;

type Measurements = { back_after_seconds: number | null; receives: number };

export const cameBack = defineLesson<Measurements>({
  lesson: 1,
  title: 'Delivered again',
  question:
    'A consumer receives a message with a visibility timeout of 10 s and is killed at once. What happens to the message?',
  setUp: 'One FIFO queue with one message, a visibility timeout of 10 s, two consumers. The first one is killed.',
  look: 'The second consumer receives once a second. Watch when it gets the message, and the receive count.',
  answers: {
    a: {
      text: 'It is deleted with the consumer that had received it.',
      fits: ({ back_after_seconds }) => back_after_seconds === null,
    },
    b: {
      text: 'It is delivered again after 10 s, to any consumer.',
      fits: ({ back_after_seconds: after }) => after !== null && after >= VISIBILITY_SECONDS,
    },
    c: {
      text: 'It is delivered again at once, because the connection of the dead consumer is closed.',
      fits: ({ back_after_seconds: after }) => after !== null && after < VISIBILITY_SECONDS,
    },
  },
  right: 'b',
  explanation: [
    'A receive does not take a message out of the queue; it hides the message for the visibility timeout.',
    'SQS does not know whether a consumer is alive: it tracks no connection, only the time.',
    'No consumer deleted the message, so after 10 s it is visible again, with a receive count of 2.',
    'With a short timeout messages are delivered again soon, and too soon if the work still runs.',
    'Our consumer sends its own timeout with each receive, and deletes only when all is stored.',
  ],
  code: { file: 'services/consumer/src/poller.ts', line: 'visibilityTimeout: shared.visibilitySeconds,' },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html',
  cause: 'The first consumer is not killed: it deletes the message.',
  async run(world, withCause) {
    const queue = await world.ownQueue('came-back.fifo');
    await queue.send('hello', 'a');
    const [message] = await queue.receive({ visibilitySeconds: VISIBILITY_SECONDS, by: 'consumer 1' });
    world.note('consumer 1 received the message: hidden for 10 s');
    if (withCause) world.note('consumer 1 is killed');
    else if (message !== undefined) await queue.delete(message);
    const since = world.elapsedMs();
    for (let second = 1; second <= WATCHED_SECONDS; second += 1) {
      await world.forward(1);
      const [again] = await queue.receive({ by: 'consumer 2' });
      if (again === undefined) continue;
      world.note(`consumer 2 received the message: receive count ${again.receives}`);
      return { back_after_seconds: (world.elapsedMs() - since) / 1000, receives: again.receives };
    }
    world.note('consumer 2 has got nothing for a minute');
    return { back_after_seconds: null, receives: 1 };
  },
});
