// The contract suite against LocalStack: the same cases as for the embedded AWS, its deviations by name.
import { contractSuite } from '../contract/suite.ts';
import { needs } from '../support/needs.ts';
import { startLocalstack } from './support/localstack.ts';

needs('docker')('LocalStack', () => {
  contractSuite('the contract', async () => {
    const { clients, stop } = await startLocalstack();
    return { sqs: clients.sqs, dynamodb: clients.dynamodb, s3: clients.s3, close: stop };
  });
});
