// Lesson 10: maxReceiveCount, and why only the first message of a group is delayed.
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { jobIdOf, ledgerKey } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';

const WATCHED_RECEIVES = 20;
/** Longer than any delay that the consumer requests. */
const PAUSE_SECONDS = 900;

type Measurements = { moved_after: number | null; first_hidden_seconds: number; others_hidden_seconds: number };

export const tenStrikes = defineLesson<Measurements>({
  lesson: 10,
  title: 'Ten strikes',
  question:
    'A consumer fails each time it gets a message, and releases it. The queue has maxReceiveCount 10. What happens to the message?',
  setUp:
    'The queue (maxReceiveCount 10), a job of three messages in one group, and a damaged ledger, so that the consumer cannot count what it stored.',
  look: 'The receive count of each message, and how long the first and the others are hidden after a failure.',
  answers: {
    a: {
      text: 'It is delivered over and over, until its retention period of 14 days ends.',
      fits: ({ moved_after }) => moved_after === null,
    },
    b: {
      text: 'After ten receives SQS moves it to the dead-letter queue.',
      fits: ({ moved_after }) => moved_after === 10,
    },
    c: {
      text: 'SQS moves it to the dead-letter queue at its first failure.',
      fits: ({ moved_after }) => moved_after === 1,
    },
  },
  right: 'b',
  explanation: [
    'SQS counts receives, not failures: it cannot know how a receive ended.',
    'A message that has been received ten times is not delivered an eleventh time: SQS moves it to the dead-letter queue.',
    'An outage must not use up the ten, so our consumer hides a failed message for 15 s, then 30 s, and up to 15 minutes.',
    'Only the first message of the group is hidden that long, because it keeps the others of its group locked anyway.',
    'The others are released at once: they are not received meanwhile, so their counts do not grow for a failure that is not theirs.',
  ],
  code: {
    file: 'services/consumer/src/release.ts',
    line: 'seconds: index === 0 ? secondsOf(kind, receiveCount) : 0,',
  },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html',
  cause: 'The queue has no redrive policy.',
  async run(world, withCause) {
    if (!withCause) {
      const Attributes = { RedrivePolicy: '' };
      await world.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: world.queue.url, Attributes }));
    }
    const plan = await world.sendJob(3);
    await damageLedger(world, jobIdOf(plan));
    const consumer = world.consumer('consumer 1');
    let receives = 0;
    let hidden = { first: 0, others: 0 };
    while (receives < WATCHED_RECEIVES) {
      const messages = await consumer.receive();
      const [first, second] = messages;
      if (first === undefined || first.receiveCount !== receives + 1) break;
      receives += 1;
      await consumer.handle(messages);
      const seconds = hiddenSeconds(world, first.messageId);
      world.reportValue('receives', receives);
      world.reportValue('seconds that the first is hidden', seconds);
      world.note(`receive ${receives} failed: the first message of the group is hidden for ${seconds} s`);
      if (receives === 1) hidden = { first: seconds, others: hiddenSeconds(world, second?.messageId ?? '') };
      await world.forward(PAUSE_SECONDS);
    }
    const moved_after = receives < WATCHED_RECEIVES ? receives : null;
    world.note(
      moved_after === null ? `after ${receives} receives it is still there` : `SQS moved it after ${receives} receives`,
    );
    return { moved_after, first_hidden_seconds: hidden.first, others_hidden_seconds: hidden.others };
  },
});

/** Writes a ledger that counts more than its group has, with which the consumer refuses to work. */
async function damageLedger({ clients, settings }: LessonWorld, jobId: string): Promise<void> {
  const numbers = Array.from({ length: 50 }, (_, number) => String(100 + number));
  const { job_id, part } = ledgerKey(jobId, 0);
  const Item = { job_id: { S: job_id }, part: { S: part }, stored: { NS: numbers } };
  await clients.dynamodb.send(new PutItemCommand({ TableName: settings.table, Item }));
}

/** Seconds for which the last change of its visibility hides a message. */
function hiddenSeconds(world: LessonWorld, messageId: string): number {
  const [history] = world.lab.history.find({ messageId });
  const lastChange = history?.events.findLast(({ kind }) => kind === 'extended' || kind === 'released');
  return lastChange === undefined || lastChange.until === null ? 0 : (lastChange.until - lastChange.at) / 1000;
}
