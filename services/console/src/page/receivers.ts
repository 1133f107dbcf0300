// The consumers that have messages in flight, by the name that the overview gives it. Pure.
import type { ConsumerView } from '../api.ts';

/**
 * Finds the consumer of a receiver: the embedded AWS names its client (`consumer-2`), traces name its instance.
 * Undefined for other receivers, such as the AWS CLI.
 */
export const consumerOf = (by: string, consumers: readonly ConsumerView[]): ConsumerView | undefined =>
  consumers.find(({ name, instance }) => instance === by || name.replaceAll(' ', '-') === by);

/** @example nameOf('consumer-2', consumers) // 'consumer 2' */
export const nameOf = (by: string, consumers: readonly ConsumerView[]): string => consumerOf(by, consumers)?.name ?? by;
