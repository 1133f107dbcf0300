// Lesson 15: no consumer for a minute.
import { defineLesson } from '../lesson.ts';
import type { OwnQueue } from '../own-queue.ts';

const STEP_SECONDS = 10;
const STEPS = 12;
/** The steps in which no consumer runs. */
const STOPPED_STEPS = { from: 2, to: 8 };
const SENDS_PER_STEP = 20;
/** Receives of ten that the consumers make in a step. */
const RECEIVES_PER_STEP = 5;

interface Step {
  readonly second: number;
  readonly sent: number;
  readonly processed: number;
  readonly waiting: number;
}

type Measurements = {
  sent: number;
  processed: number;
  sent_meanwhile: number | null;
  most_waiting: number;
  chart: readonly Step[];
};

export const whyAQueue = defineLesson<Measurements>({
  lesson: 15,
  title: 'Why a queue',
  question:
    'A producer sends two messages a second. The consumers stop for a minute, then start again. What happens to the producer and to the messages of that minute?',
  setUp:
    'A producer of 2 messages a second, consumers that manage 5 a second and are stopped from second 20 to second 80.',
  look: 'Both rates on one chart, and the number of waiting messages between them.',
  answers: {
    a: {
      text: 'The producer must wait until a consumer receives.',
      fits: ({ sent_meanwhile }) => sent_meanwhile === 0,
    },
    b: {
      text: 'It continues to send; the messages wait, and are processed when the consumers run again.',
      fits: ({ most_waiting, processed, sent }) =>
        most_waiting >= (STOPPED_STEPS.to - STOPPED_STEPS.from) * SENDS_PER_STEP && processed === sent,
    },
    c: {
      text: 'It continues to send; what is not received at once is lost.',
      fits: ({ processed, sent }) => processed < sent,
    },
  },
  right: 'b',
  explanation: [
    'A queue separates the two, so neither needs the other to be running, or to be as fast.',
    'While the consumers are stopped the messages wait: the queue keeps them for up to 14 days.',
    'When the consumers run again, they work faster than the producer sends, until nothing waits any more.',
    'Nothing is lost, and the producer noticed nothing: a deploy or a crash of the consumers is a bump in a chart.',
    'The price is time: a message of that minute was processed up to a minute later.',
  ],
  code: { file: 'packages/aws/src/definitions.ts', line: 'const FOURTEEN_DAYS = 14 * 24 * 60 * 60;' },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html',
  cause: 'The consumers never stop.',
  async run(world, withCause) {
    const queue = await world.ownQueue('why.fifo');
    const chart: Step[] = [];
    const totals = { sent: 0, processed: 0, sentMeanwhile: 0 };
    for (let step = 0; step < STEPS; step += 1) {
      const isStopped = withCause && step >= STOPPED_STEPS.from && step < STOPPED_STEPS.to;
      // The last two steps are for what still waits.
      const isSending = step < STEPS - 2;
      const sent = isSending ? SENDS_PER_STEP : 0;
      for (let number = 0; number < sent; number += 1) await queue.send(`m${number}`, `group-${number}`);
      const processed = isStopped ? 0 : await processStep(queue);
      totals.sent += sent;
      totals.processed += processed;
      if (isStopped) totals.sentMeanwhile += sent;
      const waiting = totals.sent - totals.processed;
      for (const [name, value] of Object.entries({ sent, processed, waiting })) world.reportValue(name, value);
      chart.push({ second: step * STEP_SECONDS, sent, processed, waiting });
      world.note(`sent ${sent}, processed ${processed}, waiting ${waiting}${isStopped ? '  (no consumer)' : ''}`);
      await world.forward(STEP_SECONDS);
    }
    const most_waiting = Math.max(...chart.map(({ waiting }) => waiting));
    const { sent, processed, sentMeanwhile } = totals;
    return { sent, processed, sent_meanwhile: withCause ? sentMeanwhile : null, most_waiting, chart };
  },
});

async function processStep(queue: OwnQueue): Promise<number> {
  let processed = 0;
  for (let receive = 0; receive < RECEIVES_PER_STEP; receive += 1) {
    const messages = await queue.receive({ max: 10, by: 'consumer 1' });
    if (messages.length === 0) break;
    for (const message of messages) processed += (await queue.delete(message)) ? 1 : 0;
  }
  return processed;
}
