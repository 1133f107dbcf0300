// Names of the attributes of spans. The messaging conventions are still in development, so only this file uses them.
// https://opentelemetry.io/docs/specs/semconv/messaging/sqs/

/** The largest number of entries of an SQS batch call. */
export const BATCH_ENTRIES = 10;

export const ATTRIBUTE = {
  job: 'movie_load.job.id',
  group: 'movie_load.group',
  movies: 'movie_load.movies',
  part: 'movie_load.part',
  parts: 'movie_load.parts',
  bytes: 'movie_load.bytes',
  receives: 'movie_load.receives',
  refused: 'movie_load.refused',
} as const;

export const messagingAttributes = (queue: string, operation: 'send' | 'process', messages: number) => ({
  'messaging.system': 'aws_sqs',
  'messaging.destination.name': queue,
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
  'messaging.batch.message_count': messages,
});

/** @param operation e.g. `dynamodb:UpdateItem` */
export function callAttributes(operation: string) {
  const [service = '', method = ''] = operation.split(':');
  return {
    'rpc.system.name': 'aws-api',
    'rpc.method': `${service}/${method}`,
    ...(service === 'dynamodb' ? { 'db.system.name': 'aws.dynamodb', 'db.operation.name': method } : {}),
  };
}
