// What a user might write with sqs-consumer: one message at a time, one item and one counter update per movie.
// It is written well: with keep-alive, and receives of ten messages, which sqs-consumer handles in parallel.
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
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
    handleMessage: async (message) => {
      const { job_id, number, movie } = parseBody(message.Body);
      const { ConsumedCapacity: put } = await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: { job_id: { S: job_id }, part: { S: `movie#${number}` }, ...movieAttributes(movie) },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      const { ConsumedCapacity: update } = await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { job_id: { S: job_id }, part: { S: 'counter' } },
          UpdateExpression: 'ADD #n :one',
          ExpressionAttributeNames: { '#n': 'movies_stored' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      onStored({ messages: 1, units: (put?.CapacityUnits ?? 0) + (update?.CapacityUnits ?? 0) });
      return message;
    },
  }),
);
