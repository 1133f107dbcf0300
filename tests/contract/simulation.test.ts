// The services of a simulated world do what the contract says: their engines are those of the embedded AWS, and here
// the suite sees them without HTTP, through a replacement of the SDK.

import { createServicesEndpoint } from '@movie-load/simulation';
import { contractSuite } from './suite.ts';

contractSuite('simulation', () => createServicesEndpoint(), {
  // Their time is virtual and belongs to one case at a time.
  concurrency: 1,
  slackMs: 0,
  deviations: {
    'parts are listed by number and in pages, and a part that was sent twice is listed once':
      'only XML makes the number of a marker a text',
    "the SDK's paginator walks all pages": 'the paginator takes no client but the SDK’s own; pages are another case',
  },
});
