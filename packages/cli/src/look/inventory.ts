// `movie-load tables` and `movie-load buckets`: what DynamoDB and S3 have.
import { listBuckets, listObjects, listTables } from '@movie-load/aws';
import { EXIT } from '../exit.ts';
import { bytes, grouped, print, printJson, printLine, tableOf } from '../output.ts';
import { withSession } from '../session.ts';
import type { LookOptions } from './options.ts';

export async function showTables(options: LookOptions): Promise<number> {
  return withSession(options, async ({ clients, signal }) => {
    const tables = await listTables(clients.dynamodb, { signal });
    if (options.json) {
      await printJson({ tables });
      return EXIT.done;
    }
    const text = tableOf(tables, [
      { title: 'TABLE', cell: ({ name }) => name },
      { title: 'STATUS', cell: ({ status }) => status },
      { title: 'ITEMS', right: true, cell: ({ items }) => grouped(items) },
      { title: 'SIZE', right: true, cell: (table) => bytes(table.bytes) },
      { title: 'INDEXES', cell: ({ indexes }) => indexes.join(', ') || '–' },
    ]);
    await printLine(`${text}\nAWS counts items and bytes anew every six hours.`);
    return EXIT.done;
  });
}

const OBJECTS_SHOWN = 20;
const MOST_KEPT = 1000;

const latestOf = <T extends { readonly modified_on: string | null }>(objects: readonly T[]): T[] =>
  objects.toSorted((a, b) => (b.modified_on ?? '').localeCompare(a.modified_on ?? '')).slice(0, OBJECTS_SHOWN);

export async function showBuckets(options: LookOptions): Promise<number> {
  return withSession(options, async ({ clients, signal, settings }) => {
    const names = await listBuckets(clients.s3, { signal });
    const { bucket } = settings;
    async function* objects() {
      if (names.includes(bucket)) yield* listObjects(clients.s3, bucket, { signal });
    }
    if (options.json) {
      // Object by object: a bucket may have millions.
      await print(`${JSON.stringify({ buckets: names }).slice(0, -1)},"objects":[`);
      let comma = '';
      for await (const object of objects()) {
        await print(`${comma}${JSON.stringify({ bucket, ...object })}`);
        comma = ',';
      }
      await print(']}\n');
      return EXIT.done;
    }
    await printLine(tableOf(names, [{ title: 'BUCKET', cell: (name) => name }]));
    let count = 0;
    let latest: { key: string; bytes: number; modified_on: string | null }[] = [];
    for await (const object of objects()) {
      count += 1;
      latest.push(object);
      if (latest.length >= MOST_KEPT) latest = latestOf(latest);
    }
    if (count === 0) {
      await printLine('\nNo objects yet.');
      return EXIT.done;
    }
    await printLine(
      `\n${tableOf(latestOf(latest), [
        { title: `OBJECTS OF ${bucket}`, cell: ({ key }) => key },
        { title: 'SIZE', right: true, cell: (object) => bytes(object.bytes) },
        { title: 'WRITTEN', cell: ({ modified_on }) => modified_on?.slice(0, 19).replace('T', ' ') ?? '–' },
      ])}`,
    );
    if (count > OBJECTS_SHOWN) await printLine(`… and ${grouped(count - OBJECTS_SHOWN)} more (--json has all)`);
    return EXIT.done;
  });
}
