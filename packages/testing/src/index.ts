// The kit that tests share.
export * from './connection-reset.ts';
export * from './eventually.ts';
export * from './fetch-on-new-connection.ts';
export * from './manual-timers.ts';
export * from './parent-process.ts';
export * from './processes.ts';
export * from './recorded-spans.ts';
export * from './send-messages.ts';
export * from './servers.ts';
export * from './test-aws.ts';
export * from './virtual-clock.ts';
