// The contract against the embedded AWS, or against another endpoint if there is one:
// `MOVIE_LOAD_CONTRACT_ENDPOINT=http://…`, or `aws` for AWS itself with the environment's region and credentials (it
// makes some 150 queues, tables and buckets and deletes them again).

import { startLocalAws } from '@movie-load/local-aws';
import { connectTo } from './connect.ts';
import type { ContractOptions, Endpoint } from './endpoint.ts';
import { contractSuite } from './suite.ts';

const given = process.env.MOVIE_LOAD_CONTRACT_ENDPOINT || undefined;

async function connect(): Promise<Endpoint> {
  if (given === 'aws') return connectTo({});
  if (given !== undefined) return connectTo({ endpoint: given });
  const aws = await startLocalAws();
  return connectTo({ endpoint: aws.endpoint, close: () => aws.close() });
}

const options: ContractOptions = given === undefined ? { slackMs: 500 } : {};
contractSuite(given ?? 'local-aws', connect, options);
