// The consumer without its process, for the simulation. The service itself is `main.ts`.
export { type Consumer, type ConsumerOptions, createConsumer } from './consumer.ts';
export { drain } from './drain.ts';
export { createGate } from './gate.ts';
export type { HandlerLog } from './handler.ts';
export { type Pollers, startPollers } from './poller.ts';
