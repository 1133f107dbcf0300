// The embedded AWS in a separate process, which reports its CPU time on request.

import { startLocalAws } from '../src/index.ts';

const aws = await startLocalAws();
process.send?.({ endpoint: aws.endpoint });
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6, rssMb: process.memoryUsage().rss / 1e6 });
});
