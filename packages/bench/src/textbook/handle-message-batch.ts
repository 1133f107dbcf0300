// The textbook consumer with batches: sqs-consumer's handleMessageBatch, one BatchWriteItem and one counter update per
// receive.
import { BatchWriteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Consumer } from 'sqs-consumer';
import { connect, movieAttributes, parseBody, runTextbook } from './common.ts';

const { sqs, dynamodb, queueUrl, table } = await connect();

await runTextbook((onStored) =>
  Consumer.create({
    sqs,
    queueUrl,
    suppressFifoWarning: true,
    batchSize: 10,
    waitTimeSeconds: 20,
    visibilityTimeout: 60,
    handleMessageBatch: async (messages) => {
      const bodies = messages.map((message) => parseBody(message.Body));
      let puts = bodies.map(({ job_id, number, movie }) => ({
        PutRequest: { Item: { job_id: { S: job_id }, part: { S: `movie#${number}` }, ...movieAttributes(movie) } },
      }));
      let units = 0;
      while (puts.length > 0) {
        const { UnprocessedItems, ConsumedCapacity } = await dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: puts }, ReturnConsumedCapacity: 'TOTAL' }),
        );
        units += ConsumedCapacity?.[0]?.CapacityUnits ?? 0;
        puts = (UnprocessedItems?.[table] ?? []) as typeof puts;
      }
      const { ConsumedCapacity: update } = await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { job_id: { S: bodies[0]?.job_id ?? '' }, part: { S: 'counter' } },
          UpdateExpression: 'ADD #n :n',
          ExpressionAttributeNames: { '#n': 'movies_stored' },
          ExpressionAttributeValues: { ':n': { N: String(bodies.length) } },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      onStored({ messages: messages.length, units: units + (update?.CapacityUnits ?? 0) });
      return messages;
    },
  }),
);
