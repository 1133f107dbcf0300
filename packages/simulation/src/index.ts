// The simulation as a library: run a seed, shrink a failure, and the models that stand in for AWS.
export { createDynamoDb, type DynamoDbModel, type DynamoDbOptions } from './models/dynamodb.ts';
export { createModelEndpoint, OFFERS } from './models/endpoint.ts';
export { createS3, type S3Model, type S3Options } from './models/s3.ts';
export { createSqs, type SqsModel } from './models/sqs.ts';
export { runSeed, type SeedResult } from './run/run-seed.ts';
export { type Shrunk, shrink } from './run/shrink.ts';
