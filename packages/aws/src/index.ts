// AWS as the project sees it: settings, clients, ports and their adapters, the resources. Only this package knows the SDK.
export * from './clients.ts';
export * from './counters.ts';
export * from './definitions.ts';
export * from './errors.ts';
export * from './inventory.ts';
export * from './jitter.ts';
export * from './objects.ts';
export * from './peek.ts';
export * from './ports.ts';
export * from './prices.ts';
export * from './provision.ts';
export * from './purge.ts';
export { type OpenQueue, openQueue, type QueueClients, queueAt, queueUrl, receivedMessage } from './queue.ts';
export * from './settings.ts';
export * from './system.ts';
export * from './table.ts';
