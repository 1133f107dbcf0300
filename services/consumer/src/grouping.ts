// Splits what one receive brought by message group, checks every message, and reduces each group to distinct numbers.
import type { ReceivedMessage } from '@movie-load/aws';
import type { BatchMessage, StoreBatch } from '@movie-load/jobs';
import { checkLoadMessage, type LoadMessage, type Refusal } from '@movie-load/schema';

/** A message that can never succeed. */
export interface RefusedMessage {
  readonly message: ReceivedMessage;
  readonly reason: Refusal;
  /** In words of ours; nothing that the sender wrote is in it. */
  readonly detail: string;
}

/** What one receive brought of one message group, in the group's order. */
export interface GroupWork {
  readonly groupId: string | undefined;
  readonly deliveries: readonly ReceivedMessage[];
  readonly refused: readonly RefusedMessage[];
  /** The distinct numbers to store; undefined when every message was refused. */
  readonly batch: StoreBatch | undefined;
  /** All deliveries of those numbers: they share the batch's fate. */
  readonly valid: readonly ReceivedMessage[];
}

/**
 * Groups are independent of each other; inside a group order holds. The same number can come twice in one receive
 * (a resume sends duplicates, and DynamoDB refuses them in a set and in a batch): the first delivery is stored.
 */
export function groupReceive(messages: readonly ReceivedMessage[], receivedOn: number): GroupWork[] {
  const byGroup = Map.groupBy(messages, ({ groupId }) => groupId);
  return [...byGroup].map(([groupId, deliveries]) => checkGroup(groupId, deliveries, receivedOn));
}

function checkGroup(
  groupId: string | undefined,
  deliveries: readonly ReceivedMessage[],
  receivedOn: number,
): GroupWork {
  const refused: RefusedMessage[] = [];
  const valid: ReceivedMessage[] = [];
  const distinct = new Map<number, BatchMessage>();
  let head: LoadMessage | undefined;
  for (const message of deliveries) {
    const checked = checkLoadMessage(message.body, groupId);
    if (!checked.ok) {
      refused.push({ message, reason: checked.reason, detail: checked.detail });
      continue;
    }
    valid.push(message);
    head ??= checked.message;
    const { number, movies } = checked.message;
    if (distinct.has(number)) continue;
    distinct.set(number, {
      number,
      movies,
      sent_on: message.sentOn,
      received_on: receivedOn,
      receives: Math.max(1, message.receiveCount),
    });
  }
  // A valid message's group id names its job, and the job's id its plan: these are the same for the whole group.
  const batch = head && {
    plan: head.plan,
    job_id: head.job_id,
    group: head.group,
    started_on: head.started_on,
    messages: [...distinct.values()],
  };
  return { groupId, deliveries, refused, batch, valid };
}
