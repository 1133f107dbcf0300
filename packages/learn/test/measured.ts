// The expected measurements and last note of each lesson: the script moves the clock, so that all runs are equal.
import type { Measured } from '@movie-load/operations/lessons';

export interface Expected {
  readonly measured: Measured;
  /** The last note with its second. */
  readonly end: string;
  readonly notes: number;
  /** The measurements with the lesson's cause switched off. */
  readonly withoutCause: Measured;
}

const step = (second: number, sent: number, processed: number, waiting: number) => ({
  ...{ second, sent, processed, waiting },
});
const undisturbedSteps = Array.from({ length: 12 }, (_, at) =>
  at < 10 ? step(10 * at, 20, 20, 0) : step(10 * at, 0, 0, 0),
);
const stoppedSteps = [20, 40, 60, 80, 100, 120].map((waiting, at) => step(20 + 10 * at, 20, 0, waiting));
const catchUpSteps = [step(80, 20, 50, 90), step(90, 20, 50, 60), step(100, 0, 50, 10), step(110, 0, 10, 0)];
const shortPolls = { short_poll_calls: 120, short_poll_usd_a_month: 2.59 };
const notThrottled = { most_at_once: 0, throttled: 0, seconds: 2 };

/** Expected results by lesson. */
export const EXPECTED: Readonly<Record<number, Expected>> = {
  1: {
    measured: { back_after_seconds: 10, receives: 2 },
    end: '10 consumer 2 received the message: receive count 2',
    notes: 3,
    withoutCause: { back_after_seconds: null, receives: 1 },
  },
  2: {
    measured: { first: 'A1', second: 'B1', third: null, after_delete: 'A2' },
    end: '0 a receive brought A2',
    notes: 5,
    withoutCause: { first: 'A1', second: 'A2', third: 'B1', after_delete: null },
  },
  3: {
    measured: { processed: 8, waiting_behind: 3 },
    end: '0 consumer 2 has done B1, B2, B3, B4, C1, C2, C3, C4',
    notes: 2,
    withoutCause: { processed: 11, waiting_behind: 0 },
  },
  4: {
    measured: { receives: 1, extended: 7 },
    end: '25 the message is deleted',
    notes: 10,
    withoutCause: { receives: 3, extended: 0 },
  },
  5: {
    measured: { in_file: 10, written: 20 },
    end: '120 consumer 1 has stored what it had',
    notes: 4,
    withoutCause: { in_file: 10, written: 10 },
  },
  6: {
    measured: { counted: 10, after_lost_answer: 10, struck: 1, updates: 4 },
    end: '0.01 in the end the ledger counts 10 of 10 messages',
    notes: 3,
    withoutCause: { counted: 10, after_lost_answer: null, struck: 0, updates: 3 },
  },
  7: {
    measured: { messages: 2 },
    end: '360 the queue has 2 messages',
    notes: 4,
    withoutCause: { messages: 3 },
  },
  8: {
    measured: { calls: 3, usd_a_month: 0.06, ...shortPolls },
    end: '120 120 calls in a minute by short polls: 2.59 dollars a month',
    notes: 2,
    withoutCause: { calls: 120, usd_a_month: 2.59, ...shortPolls },
  },
  9: {
    measured: { dead_letters: 1, reason: 'not_json', redriven: 1, still_in_queue: 0 },
    end: '60 the dead-letter queue has 1 messages: not_json',
    notes: 3,
    withoutCause: { dead_letters: 0, reason: null, redriven: 0, still_in_queue: 0 },
  },
  10: {
    measured: { moved_after: 10, first_hidden_seconds: 15, others_hidden_seconds: 0 },
    end: '9000 SQS moved it after 10 receives',
    notes: 11,
    withoutCause: { moved_after: null, first_hidden_seconds: 15, others_hidden_seconds: 0 },
  },
  11: {
    measured: { items: 2, write_units: 618, kilobytes: 713, item_limit_bytes: 409_600 },
    end: '0 one item for each movie would take 5000 write units and 200 calls',
    notes: 2,
    withoutCause: { items: 1, write_units: 19, kilobytes: 14, item_limit_bytes: 409_600 },
  },
  12: {
    measured: { deliveries: 11, counter: 11, set: 10 },
    end: '0 11 deliveries of 10 messages: counter 11, set of 10',
    notes: 1,
    withoutCause: { deliveries: 10, counter: 10, set: 10 },
  },
  13: {
    measured: { came_back: 0, in_file: null },
    end: '61 there is no file',
    notes: 3,
    withoutCause: { came_back: 10, in_file: 10 },
  },
  14: {
    measured: { in_file_after_kill: null, parts_after_kill: 1, parts_sent_after_kill: 2, in_file: 60 },
    end: '61 consumer 2 sent 2 parts and completed the upload: 60 movies',
    notes: 4,
    withoutCause: { in_file_after_kill: null, parts_after_kill: 2, parts_sent_after_kill: 1, in_file: 60 },
  },
  15: {
    measured: {
      ...{ sent: 200, processed: 200, sent_meanwhile: 120, most_waiting: 120 },
      chart: [...undisturbedSteps.slice(0, 2), ...stoppedSteps, ...catchUpSteps],
    },
    end: '110 sent 0, processed 10, waiting 0',
    notes: 12,
    withoutCause: { sent: 200, processed: 200, sent_meanwhile: null, most_waiting: 0, chart: undisturbedSteps },
  },
  16: {
    measured: {
      hot: { most_at_once: 20, throttled: 220, seconds: 3.1 },
      hot_with_jitter: { most_at_once: 3, throttled: 248, seconds: 3.3 },
      spread: notThrottled,
    },
    end: '0 a key for each writer: 0 throttled attempts, up to 0 retries at once, 2 s',
    notes: 3,
    withoutCause: { hot: notThrottled, hot_with_jitter: notThrottled, spread: notThrottled },
  },
};
