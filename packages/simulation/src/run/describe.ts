// Describes the effect of a call as one line of a trace, in the protocol's terms.
import type { Identity } from '../oracle/expected.ts';

export interface DescribeOptions {
  readonly operation: string;
  readonly input: object;
  readonly output: object;
  readonly identify: (body: string, group: string | undefined) => Identity | undefined;
  /** A message's body and group by its receipt handle. */
  readonly byHandle: (handle: string) => { readonly body: string; readonly group: string | undefined } | undefined;
}

type Entry = Readonly<Record<string, unknown>>;
const record = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** @example 'UpdateItem ledger of group 2: ADD #stored :numbers {0 1 2} → {0 1 2 3}' */
export function describeCall({ operation, input, output, identify, byHandle }: DescribeOptions): string {
  const given = record(input);
  const answered = record(output);
  const name = (body: unknown, group: unknown) => {
    const identity = identify(String(body), typeof group === 'string' ? group : undefined);
    return identity === undefined ? 'a forged message' : `${identity.job.plan.nonce} #${identity.number}`;
  };
  const queue = String(given.QueueUrl ?? '').includes('dlq') ? ' (dead-letter queue)' : '';
  switch (operation) {
    case 'SendMessageBatch': {
      const entries = list(given.Entries).map(record);
      const failed = list(answered.Failed).length;
      return `sends${queue} ${entries.map((one) => name(one.MessageBody, one.MessageGroupId)).join(', ')}${failed > 0 ? `; ${failed} refused` : ''}`;
    }
    case 'ReceiveMessage': {
      const messages = list(answered.Messages).map(record);
      if (messages.length === 0) return `receives${queue} nothing`;
      const each = messages.map((one) => {
        const { ApproximateReceiveCount, MessageGroupId } = record(one.Attributes);
        return `${name(one.Body, MessageGroupId)} (receive count ${ApproximateReceiveCount})`;
      });
      return `receives${queue} ${each.join(', ')}`;
    }
    case 'DeleteMessageBatch':
    case 'ChangeMessageVisibilityBatch': {
      const entries = list(given.Entries).map((one) => {
        const { ReceiptHandle, VisibilityTimeout } = record(one);
        const message = byHandle(String(ReceiptHandle));
        const what = message === undefined ? '?' : name(message.body, message.group);
        return VisibilityTimeout === undefined ? what : `${what} for ${VisibilityTimeout} s`;
      });
      const failed = list(answered.Failed).length;
      return `${operation === 'DeleteMessageBatch' ? 'deletes' : 'hides'}${queue} ${entries.join(', ')}${failed > 0 ? `; ${failed} refused` : ''}`;
    }
    case 'BatchWriteItem': {
      const items = Object.values(record(given.RequestItems)).flatMap(list);
      const left = Object.values(record(answered.UnprocessedItems)).flatMap(list).length;
      const [put] = items.map((one) => record(one).PutRequest);
      const keys = items.map((one) =>
        keyOf(record(record(record(one).PutRequest).Item ?? record(record(one).DeleteRequest).Key)),
      );
      return `${put === undefined ? 'removes' : 'writes'} ${keys.join(', ')}${left > 0 ? `; ${left} unprocessed` : ''}`;
    }
    case 'PutItem':
      return `creates ${keyOf(record(given.Item))}`;
    case 'UpdateItem': {
      const item = record(answered.Attributes);
      // A ledger is returned as it was before; the added numbers are in the request.
      const added =
        given.ReturnValues === 'ALL_OLD' ? list(record(record(given.ExpressionAttributeValues)[':numbers']).NS) : [];
      const set = new Set([...list(record(item.stored ?? item.done).NS), ...added]);
      return `${String(given.UpdateExpression).replace(/^(ADD .*?) SET .*/, '$1')} on ${keyOf(record(given.Key))} → {${[...set].join(' ')}} ${String(record(item.status).S ?? '')}`.trimEnd();
    }
    case 'GetItem':
      return `reads ${keyOf(record(given.Key))}`;
    case 'Query':
      return `reads ${list(answered.Items).length} items`;
    default:
      return `${operation} ${String(given.Key ?? '')}`.trimEnd();
  }
}

const JOB_ID_CHARACTERS = 8;

/** `49a9a7dd…#2 ledger`: the start of the job's id, then the rest of the key. */
function keyOf(item: Entry): string {
  const hash = String(record(item.job_id).S);
  const [job = '', group] = hash.split('#');
  return `${job.slice(0, JOB_ID_CHARACTERS)}…${group === undefined ? '' : `#${group}`} ${String(record(item.part).S)}`;
}
