// Starts the pollers of a consumer's process with their gate and breakers, by its settings.
import type { Breaker, Dependency } from '@movie-load/aws';
import { BUDGET_CHARACTERS } from '@movie-load/schema';
import { createGate } from './gate.ts';
import { type Pollers, type PollersOptions, startPollers } from './poller.ts';
import type { ConsumerSettings } from './settings.ts';

export interface ReceivingOptions
  extends Pick<PollersOptions, 'client' | 'queueUrl' | 'clock' | 'random' | 'uptimeMs' | 'log'> {
  readonly consumer: Pick<PollersOptions, 'handler'> & { readonly breakers: Readonly<Record<Dependency, Breaker>> };
  readonly settings: Pick<ConsumerSettings, 'POLLERS' | 'VISIBILITY_SECONDS' | 'WAIT_SECONDS'>;
}

/** Only the breakers of SQS and DynamoDB stop the pollers, because a consumer without S3 still stores messages. */
export function startReceiving({ consumer, settings, ...options }: ReceivingOptions): Pollers {
  const { sqs, dynamodb } = consumer.breakers;
  return startPollers({
    ...options,
    count: settings.POLLERS,
    visibilitySeconds: settings.VISIBILITY_SECONDS,
    waitSeconds: settings.WAIT_SECONDS,
    handler: consumer.handler,
    gate: createGate({
      pollers: settings.POLLERS,
      budgetCharacters: BUDGET_CHARACTERS,
      breakers: [sqs, dynamodb],
    }),
    breaker: sqs,
  });
}
