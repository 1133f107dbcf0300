// Limits of the memory of a service's process. docker-compose.yml and the Dockerfile repeat them; a test compares all.

/** Flags of V8 that keep a service's memory flat, whatever the size of a job. */
export const HEAP_FLAGS = {
  producer: ['--max-old-space-size=56', '--max-semi-space-size=2'],
  consumer: ['--max-old-space-size=80', '--max-semi-space-size=4', '--heap-growing-percent=70'],
  console: ['--max-old-space-size=112', '--max-semi-space-size=4'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Settings of glibc's malloc, which allocates Node's buffers. Without them the process does not return the memory of
 * freed buffers, of which those for parts of the object have 8 MiB: its memory grows with the job (by 30 MB at a
 * million movies). Other C libraries ignore them.
 */
export const MALLOC_SETTINGS = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
} as const;
