// The cost of our own code in microseconds per movie, step by step, without AWS.
import { generateMovies } from '@movie-load/movies';
import {
  checkLoadMessage,
  encodeLoadMessage,
  groupKey,
  groupOfMessage,
  jobIdOf,
  moviesOfMessage,
  shapeOf,
} from '@movie-load/schema';
import { prepare } from './ceiling/prepare.ts';
import { type Job, planOf } from './measure.ts';

const MESSAGE_COUNTS = { packed: 400, single: 4000 };
const WARM_UP = 5;
const ROUNDS = 9;

/** Median over rounds of warm code, in microseconds per movie. */
export async function measureSteps(packed: boolean): Promise<Record<string, number>> {
  const job: Job = { movies: packed ? 130_000 : 20_000, packed };
  const plan = planOf(job);
  const shape = shapeOf(plan);
  const job_id = jobIdOf(plan);
  // Without the last message, which may have fewer movies.
  const numbers = Array.from(
    { length: Math.min(packed ? MESSAGE_COUNTS.packed : MESSAGE_COUNTS.single, shape.messages - 1) },
    (_, number) => number,
  );
  const movies = numbers.length * plan.movies_per_message;
  const generated = numbers.map((number) => [...generateMovies(plan.seed, moviesOfMessage(plan, number))]);
  const messages = numbers.map((number, index) => ({
    job_id,
    plan,
    group: groupOfMessage(shape, number),
    number,
    started_on: new Date(0).toISOString(),
    movies: generated[index] ?? [],
  }));
  const bodies = messages.map(encodeLoadMessage);
  const microsPerMovie = async (work: () => unknown): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const from = performance.now();
      await work();
      if (round >= WARM_UP) times.push(performance.now() - from);
    }
    return Number(((1000 * (times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0)) / movies).toFixed(3));
  };
  const parse = await microsPerMovie(() => bodies.map((body) => JSON.parse(body)));
  const check = await microsPerMovie(() =>
    bodies.map((body, i) => checkLoadMessage(body, groupKey(job_id, messages[i]?.group ?? 0))),
  );
  const planOfMessages = { ...plan, movies };
  const moviesOf = (number: number) => generated[number] ?? [];
  const generate = await microsPerMovie(() =>
    numbers.map((number) => [...generateMovies(plan.seed, moviesOfMessage(plan, number))]),
  );
  return {
    generate,
    serialise: await microsPerMovie(() => messages.map(encodeLoadMessage)),
    parse,
    check: Number((check - parse).toFixed(3)),
    marshal: await microsPerMovie(() => prepare(planOfMessages, { table: 'movies', moviesOf })),
  };
}
