// The view of an address: the page is served for every path that is not a file.
import { expect, test } from '@jest/globals';
import { routeOf } from '../src/page/route.ts';

const JOB = '1b72a7f0-e922-5f43-bed4-4cd74a50d289';

test.each([
  ['/', { view: 'overview' }],
  ['/jobs', { view: 'jobs' }],
  ['/jobs/', { view: 'jobs' }],
  [`/jobs/${JOB}`, { view: 'job', jobId: JOB }],
  ['/jobs/1b72', { view: 'job', jobId: '1b72' }],
  ['/movies', { view: 'movies', jobId: null }],
  ['/movies/1b72', { view: 'movies', jobId: '1b72' }],
  ['/dead-letters', { view: 'dead-letters' }],
  ['/how-it-works', { view: 'how-it-works' }],
  ['/lab', { view: 'lab' }],
  ['/simulation', { view: 'simulation' }],
  ['/learn', { view: 'learn', lesson: null }],
  ['/learn/1', { view: 'learn', lesson: 1 }],
  ['/learn/16', { view: 'learn', lesson: 16 }],
])('%s is the view of its path', (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test.each([
  '/nowhere',
  '/jobs/1b7',
  '/jobs/1B72',
  `/jobs/${JOB}0`,
  '/jobs/1b72/movies',
  '/movies/1b72/more',
  '/movies/x',
  '/lab/1b72',
  '/overview',
  '/learn/0',
  '/learn/100',
  '/learn/x',
  '/learn/1/more',
])('%s is not a view', (path) => {
  expect(routeOf(path)).toEqual({ view: 'not-found' });
});
