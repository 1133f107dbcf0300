// The consumer without its process: what the simulation runs. The service itself is `main.ts`.
export { type Consumer, type ConsumerOptions, createConsumer } from './consumer.ts';
