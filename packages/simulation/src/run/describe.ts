// Describes the effect of a call as one line of a trace, in the protocol's terms.
import type { Identity } from '../oracle/expected.ts';

export interface DescribeOptions {
  readonly operation: string;
  readonly input: object;
  readonly output: object;
  readonly identify: (body: string, group: string | undefined) => Identity | undefined;
  /** A message's body and group by its receipt handle. */
  readonly messageByHandle: (
    handle: string,
  ) => { readonly body: string; readonly group: string | undefined } | undefined;
}

type Entry = Readonly<Record<string, unknown>>;
const asRecord = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** @example 'ADD #stored :numbers on 49a9a7dd…#2 ledger → {0 1 2 3}' */
export function describeCall({ operation, input, output, identify, messageByHandle }: DescribeOptions): string {
  const request = asRecord(input);
  const response = asRecord(output);
  const messageName = (body: unknown, group: unknown) => {
    const identity = identify(String(body), typeof group === 'string' ? group : undefined);
    return identity === undefined ? 'a forged message' : `${identity.job.plan.nonce} #${identity.number}`;
  };
  const queue = String(request.QueueUrl ?? '').includes('dlq') ? ' (dead-letter queue)' : '';
  switch (operation) {
    case 'SendMessageBatch': {
      const entries = asList(request.Entries).map(asRecord);
      const failedCount = asList(response.Failed).length;
      return `sends${queue} ${entries.map((entry) => messageName(entry.MessageBody, entry.MessageGroupId)).join(', ')}${failedCount > 0 ? `; ${failedCount} refused` : ''}`;
    }
    case 'ReceiveMessage': {
      const messages = asList(response.Messages).map(asRecord);
      if (messages.length === 0) return `receives${queue} nothing`;
      const descriptions = messages.map((message) => {
        const { ApproximateReceiveCount, MessageGroupId } = asRecord(message.Attributes);
        return `${messageName(message.Body, MessageGroupId)} (receive count ${ApproximateReceiveCount})`;
      });
      return `receives${queue} ${descriptions.join(', ')}`;
    }
    case 'DeleteMessageBatch':
    case 'ChangeMessageVisibilityBatch': {
      const entries = asList(request.Entries).map((entry) => {
        const { ReceiptHandle, VisibilityTimeout } = asRecord(entry);
        const message = messageByHandle(String(ReceiptHandle));
        const what = message === undefined ? '?' : messageName(message.body, message.group);
        return VisibilityTimeout === undefined ? what : `${what} for ${VisibilityTimeout} s`;
      });
      const failedCount = asList(response.Failed).length;
      return `${operation === 'DeleteMessageBatch' ? 'deletes' : 'hides'}${queue} ${entries.join(', ')}${failedCount > 0 ? `; ${failedCount} refused` : ''}`;
    }
    case 'BatchWriteItem': {
      const items = Object.values(asRecord(request.RequestItems)).flatMap(asList);
      const unprocessedCount = Object.values(asRecord(response.UnprocessedItems)).flatMap(asList).length;
      const [put] = items.map((item) => asRecord(item).PutRequest);
      const keys = items.map((item) =>
        keyOf(asRecord(asRecord(asRecord(item).PutRequest).Item ?? asRecord(asRecord(item).DeleteRequest).Key)),
      );
      return `${put === undefined ? 'removes' : 'writes'} ${keys.join(', ')}${unprocessedCount > 0 ? `; ${unprocessedCount} unprocessed` : ''}`;
    }
    case 'PutItem':
      return `creates ${keyOf(asRecord(request.Item))}`;
    case 'UpdateItem': {
      const item = asRecord(response.Attributes);
      // A ledger is returned as it was before; the added numbers are in the request.
      const added =
        request.ReturnValues === 'ALL_OLD'
          ? asList(asRecord(asRecord(request.ExpressionAttributeValues)[':numbers']).NS)
          : [];
      const set = new Set([...asList(asRecord(item.stored ?? item.done).NS), ...added]);
      return `${String(request.UpdateExpression).replace(/^(ADD .*?) SET .*/, '$1')} on ${keyOf(asRecord(request.Key))} → {${[...set].join(' ')}} ${String(asRecord(item.status).S ?? '')}`.trimEnd();
    }
    case 'GetItem':
      return `reads ${keyOf(asRecord(request.Key))}`;
    case 'Query':
      return `reads ${asList(response.Items).length} items`;
    default:
      return `${operation} ${String(request.Key ?? '')}`.trimEnd();
  }
}

const JOB_ID_CHARACTERS = 8;

/** `49a9a7dd…#2 ledger`: the start of the job's id, then the rest of the key. */
function keyOf(item: Entry): string {
  const hash = String(asRecord(item.job_id).S);
  const [job = '', group] = hash.split('#');
  return `${job.slice(0, JOB_ID_CHARACTERS)}…${group === undefined ? '' : `#${group}`} ${String(asRecord(item.part).S)}`;
}
