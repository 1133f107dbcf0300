// Lesson 6: a call took effect, and its caller does not know it.
import { jobIdOf, ledgerKey } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';

const MOVIES = 10;

type Measurements = { counted: number; after_lost_answer: number | null; struck: number; updates: number };

export const lostAnswer = defineLesson<Measurements>({
  lesson: 6,
  title: 'The lost answer',
  question:
    'DynamoDB counts ten messages of a group as stored, and the connection breaks before the answer arrives. The consumer makes the call again. How many messages are counted?',
  setUp:
    'A job of ten messages in one group, and one fault: the first UpdateItem has its effect, and its connection is reset.',
  look: 'How often the fault struck, how many updates of the ledger were made, and what the ledger counts.',
  answers: {
    a: {
      text: 'Ten: the second call changes nothing.',
      fits: ({ counted, after_lost_answer: after }) => counted === MOVIES && after === MOVIES,
    },
    b: { text: 'Twenty: each call counts.', fits: ({ counted }) => counted === 2 * MOVIES },
    c: {
      text: 'Ten, because the call whose answer was lost had no effect.',
      fits: ({ counted, after_lost_answer: after }) => counted === MOVIES && after === 0,
    },
  },
  right: 'a',
  explanation: [
    'A broken connection does not show whether the call had its effect.',
    'The consumer cannot find out, so it makes the call again, and the call must be harmless when repeated.',
    'The ledger is a set of message numbers: ADD unites sets, and a number that the set already has changes nothing.',
    'A counter would have counted twice, and would have been full before all was stored.',
    'A call that changes nothing more when it is repeated is called idempotent, and every call of our protocol is.',
  ],
  code: { file: 'packages/jobs/src/ledger.ts', line: 'update: `ADD #stored :numbers SET' },
  page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html',
  cause: 'The fault is not set: no answer is lost.',
  broken: {
    sabotage: 'a counter instead of a set',
    about: 'The ledger counts by a number that grows with each call.',
    holds: ({ counted }) => counted === MOVIES,
    run: (world) => countWithFault(world, true),
  },
  run: countWithFault,
});

async function countWithFault(world: LessonWorld, withCause: boolean): Promise<Measurements> {
  const plan = await world.sendJob(MOVIES);
  const readCount = async (): Promise<number> => {
    const ledger = await world.table.get(ledgerKey(jobIdOf(plan), 0));
    return Number(ledger?.counter?.N ?? ledger?.stored?.NS?.length ?? 0);
  };
  let after_lost_answer: number | null = null;
  const consumer = world.consumer('consumer 1', {
    // Between the call whose answer is lost and its repetition.
    async onSleep() {
      if (world.lab.faults.list()[0]?.struck !== 1) return;
      after_lost_answer ??= await readCount();
      world.reportValue('counted', after_lost_answer);
    },
  });
  const rule = { operation: 'dynamodb:UpdateItem', when: 'after', fault: 'reset', times: 1 };
  if (withCause) world.lab.faults.add(rule);
  const updates = () => world.clients.counters.calls.get('dynamodb:UpdateItem') ?? 0;
  await consumer.handle(await consumer.receive());
  const struck = world.lab.faults.list()[0]?.struck ?? 0;
  world.note(`the answer of ${struck} of ${updates()} updates was lost`);
  if (after_lost_answer !== null) world.note(`after the lost answer the ledger counts ${after_lost_answer} messages`);
  world.reportValue('counted', await readCount());
  world.note(`in the end the ledger counts ${await readCount()} of ${MOVIES} messages`);
  return { counted: await readCount(), after_lost_answer, struck, updates: updates() };
}
