// `movie-load buckets`: lists the buckets of S3 and the objects of jobs.
import { listBuckets, listObjects } from '@movie-load/aws';
import { EXIT } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { dateTime, formatBytes, formatNumber } from '../format.ts';
import { printJsonList, printLine, tableOf } from '../output.ts';
import { withSession } from '../session.ts';

export const addTo = defineCommand('buckets', {
  about: 'List the S3 buckets and the objects of jobs.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- buckets', 'npm run movie-load -- buckets --json'],
  run: showBuckets,
});

interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly modified_on: string | null;
}

async function showBuckets(options: CommonOptions): Promise<number> {
  return withSession(options, async ({ clients, signal, settings: { bucket } }) => {
    const buckets = await listBuckets(clients.s3, { signal });
    async function* objects() {
      if (!buckets.includes(bucket)) return;
      for await (const object of listObjects(clients.s3, bucket, { signal })) yield { bucket, ...object };
    }
    if (options.json) {
      await printJsonList({ buckets }, 'objects', objects());
      return EXIT.ok;
    }
    await printLine(tableOf(buckets, [{ title: 'BUCKET', cell: (name) => name }]));
    await printLine(`\n${await objectsText(bucket, objects())}`);
    return EXIT.ok;
  });
}

const MAX_SHOWN_OBJECTS = 20;
/** The list is cut to the latest objects when it reaches this length: a bucket may have millions. */
const MAX_BUFFERED_OBJECTS = 1000;

export async function objectsText(bucket: string, objects: AsyncIterable<ListedObject>): Promise<string> {
  let count = 0;
  let latest: ListedObject[] = [];
  for await (const object of objects) {
    count += 1;
    latest.push(object);
    if (latest.length >= MAX_BUFFERED_OBJECTS) latest = latestObjects(latest);
  }
  if (count === 0) return 'No objects yet.';
  const table = tableOf(latestObjects(latest), [
    { title: `OBJECTS OF ${bucket}`, cell: ({ key }) => key },
    { title: 'SIZE', right: true, cell: (object) => formatBytes(object.bytes) },
    { title: 'WRITTEN', cell: ({ modified_on }) => (modified_on === null ? '–' : dateTime(modified_on)) },
  ]);
  const hiddenCount = count - MAX_SHOWN_OBJECTS;
  return hiddenCount > 0 ? `${table}\n… and ${formatNumber(hiddenCount)} more (--json has all)` : table;
}

const latestObjects = (objects: readonly ListedObject[]): ListedObject[] =>
  objects.toSorted((a, b) => (b.modified_on ?? '').localeCompare(a.modified_on ?? '')).slice(0, MAX_SHOWN_OBJECTS);
