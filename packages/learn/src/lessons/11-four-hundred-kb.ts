// Lesson 11: item sizes, slices, write units.

import type { TableItem } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { groupKey, jobIdOf, movieToJson, SLICE_PREFIX, utf8Bytes } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';

const MANY_MOVIES = 5000;
const FEW_MOVIES = 100;
const ITEM_LIMIT_BYTES = 400 * 1024;

type Measurements = { items: number; write_units: number; kilobytes: number; item_limit_bytes: number };

export const fourHundredKb = defineLesson<Measurements>({
  lesson: 11,
  title: '400 KB',
  question:
    'A message has 5,000 movies. DynamoDB stores items of up to 400 KB, and a write unit is 1 KB. How are the movies stored?',
  setUp: 'A job of one message with 5,000 movies, one consumer.',
  look: 'How many items there are, how large the largest is, and what they cost in write units.',
  answers: {
    a: { text: 'As one item: it is one message.', fits: ({ items }) => items === 1 },
    b: {
      text: 'As a few items of up to 400 KB (slices).',
      fits: ({ items }) => items > 1 && items < 10,
    },
    c: { text: 'As 5,000 items, one for each movie.', fits: ({ items }) => items >= FEW_MOVIES },
  },
  right: 'b',
  explanation: [
    'An item of DynamoDB has at most 400 KB, its names and values together, and 5,000 movies have more.',
    'One item for each movie would fit, but an item costs at least one write unit, however small it is.',
    'So consecutive movies are put together into slices just under the limit, and pay for their bytes alone.',
    'A slice holds movies of one group, and its key names them, so a repeated write replaces a slice by itself.',
    'Items over 1 KB save no more write units, but larger items save calls: a call writes at most 25 items.',
  ],
  code: { file: 'packages/jobs/src/slices.ts', line: 'open.bytes + bytes + TRACE_BYTES > SLICE_LIMIT_BYTES' },
  page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html',
  cause: 'The message has 100 movies.',
  async run(world, withCause) {
    const movies = withCause ? MANY_MOVIES : FEW_MOVIES;
    const plan = await world.sendJob(movies, movies);
    const consumer = world.consumer('consumer 1');
    const before = world.clients.counters.writeUnits;
    await consumer.handle(await consumer.receive());
    const write_units = world.clients.counters.writeUnits - before;
    const partition = groupKey(jobIdOf(plan), 0);
    const items = await countItems(world, partition);
    const bytes = [...generateMovies(plan.seed, { first: 0, count: movies })].map((movie) =>
      utf8Bytes(movieToJson(movie)),
    );
    const kilobytes = Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1024);
    world.reportValue('items', items);
    world.reportValue('write units', write_units);
    world.note(`${movies} movies of ${kilobytes} KB: ${items} items, ${write_units} write units`);
    world.note(`one item for each movie would take ${movies} write units and ${Math.ceil(movies / 25)} calls`);
    return { items, write_units, kilobytes, item_limit_bytes: ITEM_LIMIT_BYTES };
  },
});

async function countItems({ table }: LessonWorld, partition: string): Promise<number> {
  let items = 0;
  let start: TableItem | undefined;
  do {
    const page = await table.query({ partition, between: [SLICE_PREFIX, `${SLICE_PREFIX}~`], start });
    items += page.items.length;
    start = page.next;
  } while (start !== undefined);
  return items;
}
