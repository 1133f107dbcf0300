// Runs seeds with production code whose blocks are counted. V8 counts only code that it compiles after `startCounting`.
// The engines, the oracle and the rest were compiled before, so they run at full speed.
import { Session } from 'node:inspector';
import { registerHooks } from 'node:module';
import type { runSeed } from '../run/run-seed.ts';
import type { FunctionCoverage } from './blocks.ts';

const ROOT = new URL('../../../../', import.meta.url).href;
const COUNTED_QUERY = '?counted';
/** Modules that are loaded once more to be counted: the code under test, and those that call it in a run. */
const COUNTED_PATHS = /^(packages\/(aws|queue|jobs)|services\/consumer|packages\/simulation\/src\/(run|world))\//;

export interface CountedRun {
  readonly run: typeof runSeed;
  /** The counts since the start, by file. */
  takeCounts(): Promise<Readonly<Record<string, readonly FunctionCoverage[]>>>;
}

/** Starts counting. Must be called once a thread. */
export async function startCounting(): Promise<CountedRun> {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const result = nextResolve(specifier, context);
      const isWanted = context.parentURL?.endsWith(COUNTED_QUERY) && result.url.startsWith(ROOT);
      if (!isWanted || !COUNTED_PATHS.test(result.url.slice(ROOT.length))) return result;
      return { ...result, url: `${result.url}${COUNTED_QUERY}` };
    },
  });
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const module: { readonly runSeed: typeof runSeed } = await import(
    new URL(`../run/run-seed.ts${COUNTED_QUERY}`, import.meta.url).href
  );
  return {
    run: module.runSeed,
    takeCounts: () =>
      new Promise((resolve, reject) => {
        session.post('Profiler.takePreciseCoverage', (error, { result }) => {
          if (error !== null) return reject(error);
          const counted = result.filter(({ url }) => url.endsWith(COUNTED_QUERY));
          resolve(Object.fromEntries(counted.map(({ url, functions }) => [fileOf(url), functions])));
        });
      }),
  };
}

const fileOf = (url: string) => url.slice(ROOT.length, -COUNTED_QUERY.length);
