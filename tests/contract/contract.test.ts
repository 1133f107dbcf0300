// The contract suite against the embedded AWS, or against another endpoint if one is set:
// `MOVIE_LOAD_CONTRACT_ENDPOINT=http://…`, or `aws` for AWS itself with the environment's region and credentials (the
// suite creates about 190 queues, tables and buckets, and deletes them).

import { startLocalAws } from '@movie-load/local-aws';
import { connectTo } from './connect.ts';
import type { ContractOptions, Endpoint } from './endpoint.ts';
import { contractSuite } from './suite.ts';

const configuredEndpoint = process.env.MOVIE_LOAD_CONTRACT_ENDPOINT || undefined;

async function connect(): Promise<Endpoint> {
  if (configuredEndpoint === 'aws') return connectTo({});
  if (configuredEndpoint !== undefined) return connectTo({ endpoint: configuredEndpoint });
  const aws = await startLocalAws();
  return connectTo({ endpoint: aws.endpoint, close: () => aws.close() });
}

const options: ContractOptions = configuredEndpoint === undefined ? { slackMs: 500 } : {};
contractSuite(configuredEndpoint ?? 'local-aws', connect, options);
