// Lesson 4: a call that takes longer than the visibility timeout.
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';

const VISIBILITY_SECONDS = 10;
const WRITE_SECONDS = 25;
const TWELVE_HOURS = 43_200;

type Measurements = { receives: number; extended: number };

export const heartbeat = defineLesson<Measurements>({
  lesson: 4,
  title: 'The heartbeat',
  question:
    'Writing a message takes 25 s, and its visibility timeout is 10 s. The consumer sends a heartbeat every third of the timeout: ChangeMessageVisibility, 10 s from now. How often is the message received in all?',
  setUp: 'A job of one message, a table that takes 25 s for a write, a visibility timeout of 10 s, two consumers.',
  look: 'The history of the message: hidden until when, extended, and who else receives it.',
  answers: {
    a: { text: 'Once: it stays hidden while the work continues.', fits: ({ receives }) => receives === 1 },
    b: { text: 'Twice: after 10 s the other consumer has it too.', fits: ({ receives }) => receives === 2 },
    c: { text: 'Three times or more: it is delivered again every 10 s.', fits: ({ receives }) => receives >= 3 },
  },
  right: 'a',
  explanation: [
    'A message is delivered again if its consumer needs longer than the visibility timeout, for example for a slow write.',
    'Each heartbeat starts the timeout again: it hides the message for 10 s from now.',
    'Heartbeats are sent at a third of the timeout, so that the message stays hidden even if one of them is lost.',
    'Without it, the message is received again every 10 s, and each receive counts towards the dead-letter queue.',
    'A dead process sends none, so its messages are delivered again within one timeout, which may therefore be short.',
  ],
  code: {
    file: 'services/consumer/src/heartbeat.ts',
    line: 'this.#intervalMs = (options.visibilitySeconds * 1000) / 3;',
  },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html',
  cause: 'The consumer sends no heartbeat in time: it believes that it has twelve hours.',
  broken: {
    sabotage: 'an extension comes when the visibility is over',
    about: 'The real consumer with its heartbeats at 1.3 times the timeout: after 13 s instead of 3.3 s.',
    holds: ({ receives }) => receives === 1,
    run: (world) => writeSlowly(world, VISIBILITY_SECONDS),
  },
  run: (world, withCause) => writeSlowly(world, withCause ? VISIBILITY_SECONDS : TWELVE_HOURS),
});

/** One consumer writes for 25 s, another one receives once a second. */
async function writeSlowly(world: LessonWorld, heartbeatVisibilitySeconds: number): Promise<Measurements> {
  const slow = world.consumer('consumer 1', {
    visibilitySeconds: VISIBILITY_SECONDS,
    heartbeatVisibilitySeconds,
    writeSeconds: WRITE_SECONDS,
  });
  const other = world.consumer('consumer 2', { visibilitySeconds: VISIBILITY_SECONDS });
  await world.sendJob(1);
  const messages = await slow.receive();
  const work = slow.handle(messages);
  let receivesOfOther = 0;
  for (let second = 1; second <= WRITE_SECONDS; second += 1) {
    await world.forward(1);
    receivesOfOther += (await other.receive(1)).length;
  }
  await world.forward(1);
  await work;
  const extended = noteHistory(world, messages[0]?.messageId ?? '');
  return { receives: 1 + receivesOfOther, extended };
}

/** Writes a note for each event of the message. @returns how often its visibility was extended */
function noteHistory(world: LessonWorld, messageId: string): number {
  const [history] = world.lab.history.find({ messageId });
  const start = history?.events[0]?.at ?? 0;
  for (const { kind, at, until } of history?.events ?? []) {
    const hidden = until === null ? '' : `, hidden until second ${((until - start) / 1000).toFixed(1)}`;
    world.note(`the message is ${kind}${hidden}`, at);
  }
  return history?.events.filter(({ kind }) => kind === 'extended').length ?? 0;
}
