// The embedded AWS does what the contract says.

import { startLocalAws } from '@movie-load/local-aws';
import { connectTo } from './connect.ts';
import { contractSuite } from './suite.ts';

contractSuite(
  'local-aws',
  async () => {
    const aws = await startLocalAws();
    return connectTo({ endpoint: aws.endpoint, close: () => aws.close() });
  },
  { slackMs: 500 },
);
