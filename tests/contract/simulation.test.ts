// The simulation's models do what the contract says of the operations that they offer.

import { createModelEndpoint, OFFERS } from '@movie-load/simulation';
import { contractSuite } from './suite.ts';

const offers = Object.entries(OFFERS).flatMap(([service, operations]) =>
  operations.split(' ').map((operation) => `${service}:${operation}`),
);

contractSuite('simulation', () => createModelEndpoint(), {
  offers,
  // Their time is virtual and belongs to one case at a time.
  concurrency: 1,
  slackMs: 0,
  deviations: {
    "the SDK's paginator walks all pages": 'the paginator takes no client but the SDK’s own; pages are another case',
  },
});
