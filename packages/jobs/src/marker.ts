// The marker that a deleted job leaves for some weeks, and when items expire.
import type { AttributeValue, TableItem } from '@movie-load/aws';
import { EXPIRES_AT, type JobMarker, jobMarkerSchema, MovieLoadError } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { parseItem } from './item.ts';

/**
 * How long a marker stays. Messages live 14 days in the queue, and 14 more in the dead-letter queue, because on FIFO
 * queues their time starts over there.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
const MARKER_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Parses the marker of a deleted job; undefined for every other item. Throws `MovieLoadError` `bad_item`. */
export function parseMarker(item: TableItem | undefined): JobMarker | undefined {
  if (item === undefined || !isMarker(item)) return undefined;
  return parseItem(jobMarkerSchema, item, 'marker of the deleted job');
}

/** The error for a request that a deleted job refuses. */
export const jobDeletedError = ({ job_id, status, deleted_on, expires_at }: JobMarker): MovieLoadError => {
  const hint = status === 'DELETING' ? `: \`movie-load delete ${job_id}\` completes the deletion` : '';
  return new MovieLoadError(
    'job_deleted',
    `Job ${job_id} was deleted on ${deleted_on}${hint}. Consumers drop its messages until ${new Date(expires_at * 1000).toISOString()}; the same movies can be produced as a new job, with another nonce.`,
  );
};

export const isMarker = (item: TableItem): boolean => item.deleted_on !== undefined;

/** The condition of updates of ledgers and nodes: they fail if the item is a marker of a deleted job. */
export const NOT_DELETED = {
  condition: 'attribute_not_exists(#deleted)',
  names: { '#deleted': 'deleted_on' },
} as const;

/** When a marker that is written now expires. */
export const markerExpiry = ({ clock }: JobsContext): AttributeValue =>
  epochSeconds(clock.now() + MARKER_DAYS * DAY_MS);

/** The attribute with the time when an item that is written now expires; empty without a retention. */
export const expiry = ({ clock, retentionDays }: JobsContext): TableItem =>
  retentionDays === undefined ? {} : { [EXPIRES_AT]: epochSeconds(clock.now() + retentionDays * DAY_MS) };

/** The same for an update: the expressions for its `SET`, its names and its values. */
export function expirySet(context: JobsContext): {
  readonly sets: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly values: TableItem;
} {
  const { [EXPIRES_AT]: expiresAt } = expiry(context);
  if (expiresAt === undefined) return { sets: [], names: {}, values: {} };
  return { sets: ['#expires = :expires'], names: { '#expires': EXPIRES_AT }, values: { ':expires': expiresAt } };
}

const epochSeconds = (ms: number): AttributeValue => ({ N: String(Math.ceil(ms / 1000)) });
