// The contract suite against the services of the simulation. Their engines are those of the embedded AWS, but the cases
// call them without HTTP, through a replacement of the SDK's clients.

import { createServicesEndpoint } from '@movie-load/simulation';
import { contractSuite } from './suite.ts';

contractSuite('simulation', () => createServicesEndpoint(), {
  // The cases share one virtual time, so they run one after the other.
  concurrency: 1,
  slackMs: 0,
  deviations: {
    'parts are listed by number and in pages, and a part that was sent twice is listed once':
      'without XML, NextPartNumberMarker stays a number',
    "the SDK's paginator walks all pages":
      'the paginator accepts only the SDK’s own client; another case tests the pages',
  },
});
