// The names of the resources in every simulated world.
export const NAMES = {
  queue: 'movie-load.fifo',
  dlq: 'movie-load-dlq.fifo',
  table: 'movie-job-information',
  bucket: 'movie-bucket',
};

export const urlOf = (queue: string): string => `http://sqs/000000000000/${queue}`;
