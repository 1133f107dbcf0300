// Lesson 7: deduplication, inside and outside five minutes.
import { defineLesson } from '../lesson.ts';

type Measurements = { messages: number };

export const sentTwice = defineLesson<Measurements>({
  lesson: 7,
  title: 'Sent twice',
  question:
    'A producer sends the same message with the same deduplication id three times: now, after four minutes, and after six minutes. How many messages does the queue have?',
  setUp: 'One FIFO queue, one deduplication id, and a clock that goes forward by minutes.',
  look: 'The number of messages after each send.',
  answers: {
    a: { text: 'One: the id is known.', fits: ({ messages }) => messages === 1 },
    b: { text: 'Two: the id is known for five minutes.', fits: ({ messages }) => messages === 2 },
    c: { text: 'Three: each send is a message.', fits: ({ messages }) => messages === 3 },
  },
  right: 'b',
  explanation: [
    'A FIFO queue remembers the deduplication id of each send for five minutes, also when the message is deleted long before.',
    'The send after four minutes is answered as a success, and the queue keeps the first message alone.',
    'The send after six minutes is a new message: the id was forgotten at five.',
    'So deduplication protects a producer that tries again at once, and not one that tries again later.',
    'Our consumers therefore store idempotently, and a redrive sends with a fresh id, or its message would be swallowed.',
  ],
  code: { file: 'packages/queue/src/redrive-id.ts', line: 'const sendNonce = run + shortHash(' },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html',
  cause: 'Each send has a deduplication id of its own.',
  async run(world, withCause) {
    const queue = await world.ownQueue('twice.fifo');
    const send = async (number: number) => {
      await queue.send('hello', `group-${number}`, withCause ? 'the-same' : `id-${number}`);
      world.note(`send ${number}, after ${Math.round(world.elapsedMs() / 60_000)} minutes`);
    };
    await send(1);
    await world.forward(4 * 60);
    await send(2);
    await world.forward(2 * 60);
    await send(3);
    const messages = (await queue.receive({ max: 10, by: 'consumer 1' })).length;
    world.note(`the queue has ${messages} messages`);
    return { messages };
  },
});
