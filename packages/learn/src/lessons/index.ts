// Every lesson, in order.
import type { Lesson } from '../lesson.ts';
import { cameBack } from './01-came-back.ts';
import { beTheConsumer } from './02-be-the-consumer.ts';
import { oneSlowLane } from './03-one-slow-lane.ts';
import { heartbeat } from './04-heartbeat.ts';
import { zombie } from './05-zombie.ts';
import { lostAnswer } from './06-lost-answer.ts';
import { sentTwice } from './07-sent-twice.ts';
import { pollingBill } from './08-polling-bill.ts';
import { poison } from './09-poison.ts';
import { tenStrikes } from './10-ten-strikes.ts';
import { fourHundredKb } from './11-four-hundred-kb.ts';
import { counterOrSet } from './12-counter-or-set.ts';
import { deleteFirst } from './13-delete-first.ts';
import { bigFile } from './14-big-file.ts';
import { whyAQueue } from './15-why-a-queue.ts';
import { throttled } from './16-throttled.ts';

export const LESSONS: readonly Lesson[] = [
  cameBack,
  beTheConsumer,
  oneSlowLane,
  heartbeat,
  zombie,
  lostAnswer,
  sentTwice,
  pollingBill,
  poison,
  tenStrikes,
  fourHundredKb,
  counterOrSet,
  deleteFirst,
  bigFile,
  whyAQueue,
  throttled,
];
