// Finds the consumer, as the overview lists it, that has received messages. Pure.
import type { ConsumerView } from '../api.ts';

/**
 * Finds the consumer of a receiver: the embedded AWS names its client (`consumer-2`), traces name its instance.
 * Undefined for other receivers, such as the AWS CLI.
 */
export const findConsumer = (receiver: string, consumers: readonly ConsumerView[]): ConsumerView | undefined =>
  consumers.find(({ name, instance }) => instance === receiver || name.replaceAll(' ', '-') === receiver);

/** @example receiverName('consumer-2', consumers) // 'consumer 2' */
export const receiverName = (receiver: string, consumers: readonly ConsumerView[]): string =>
  findConsumer(receiver, consumers)?.name ?? receiver;
