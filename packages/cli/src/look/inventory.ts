// `movie-load tables` and `movie-load buckets`: what DynamoDB and S3 have.
import { listBuckets, listObjects, listTables } from '@movie-load/aws';
import { EXIT } from '../exit.ts';
import { bytes, grouped, printJson, printLine, tableOf } from '../output.ts';
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

export async function showBuckets(options: LookOptions): Promise<number> {
  return withSession(options, async ({ clients, signal, settings }) => {
    const names = await listBuckets(clients.s3, { signal });
    const objects: { bucket: string; key: string; bytes: number; modified_on: string | null }[] = [];
    if (names.includes(settings.bucket)) {
      for await (const object of listObjects(clients.s3, settings.bucket, { signal })) {
        objects.push({ bucket: settings.bucket, ...object });
      }
    }
    if (options.json) {
      await printJson({ buckets: names, objects });
      return EXIT.done;
    }
    await printLine(tableOf(names, [{ title: 'BUCKET', cell: (name) => name }]));
    if (objects.length === 0) {
      await printLine('\nNo objects yet.');
      return EXIT.done;
    }
    const latest = objects.toSorted((a, b) => (b.modified_on ?? '').localeCompare(a.modified_on ?? ''));
    await printLine(
      `\n${tableOf(latest.slice(0, OBJECTS_SHOWN), [
        { title: `OBJECTS OF ${settings.bucket}`, cell: ({ key }) => key },
        { title: 'SIZE', right: true, cell: (object) => bytes(object.bytes) },
        { title: 'WRITTEN', cell: ({ modified_on }) => modified_on?.slice(0, 19).replace('T', ' ') ?? '–' },
      ])}`,
    );
    if (latest.length > OBJECTS_SHOWN)
      await printLine(`… and ${grouped(latest.length - OBJECTS_SHOWN)} more (--json has all)`);
    return EXIT.done;
  });
}
