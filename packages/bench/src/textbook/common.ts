// Shared by both textbook consumers: clients as in the AWS SDK's guides, and the report to the benchmark.
import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Consumer } from 'sqs-consumer';
import { z } from 'zod';
import { reportUsage } from '../usage.ts';

const bodySchema = z.object({
  job_id: z.string(),
  number: z.number(),
  movies: z.tuple([
    z.object({ movie_id: z.string(), title: z.string(), year: z.number(), actor: z.string(), director: z.string() }),
  ]),
});

export function parseBody(body: string | undefined) {
  const { job_id, number, movies } = bodySchema.parse(JSON.parse(body ?? ''));
  return { job_id, number, movie: movies[0] };
}

export function movieAttributes(movie: ReturnType<typeof parseBody>['movie']): Record<string, AttributeValue> {
  const { movie_id, title, year, actor, director } = movie;
  return {
    movie_id: { S: movie_id },
    title: { S: title },
    year: { N: String(year) },
    actor: { S: actor },
    director: { S: director },
  };
}

/** Clients for the endpoint in the environment; the SDK's defaults keep 50 connections alive. */
export async function connect() {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const shared = endpoint ? { endpoint } : {};
  const sqs = new SQSClient({ ...shared, useQueueUrlAsEndpoint: false });
  const dynamodb = new DynamoDBClient(shared);
  const QueueName = process.env.MOVIE_LOAD_QUEUE ?? 'movie-load.fifo';
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  if (!QueueUrl) throw new Error(`there is no queue ${QueueName}`);
  return { sqs, dynamodb, queueUrl: QueueUrl, table: process.env.MOVIE_LOAD_TABLE ?? 'movie-job-information' };
}

/** Runs one consumer until the benchmark stops it. `onStored` counts the messages that it stored, and write units. */
export async function runTextbook(
  create: (onStored: (counts: { messages: number; units: number }) => void) => Consumer,
): Promise<void> {
  let messages = 0;
  let writeUnits = 0;
  const consumer = create((counts) => {
    messages += counts.messages;
    writeUnits += counts.units;
  });
  // The stop aborts a receive in flight, whose error is not printed.
  const printError = (error: Error) =>
    consumer.status.isRunning && process.stderr.write(`textbook: ${error.message}\n`);
  consumer.on('error', (error) => void printError(error));
  consumer.on('processing_error', (error) => void printError(error));
  const sendUsage = reportUsage(() => ({
    stored_messages: messages,
    stored_movies: messages,
    write_units: writeUnits,
  }));
  process.once('SIGTERM', () => {
    consumer.stop({ abort: true });
    sendUsage(() => process.exit());
  });
  consumer.start();
}
