// The oracle's eyes on DynamoDB and S3: every write is checked against what was there and against what must come out.
import {
  childrenOf,
  firstChildOf,
  JOB_PART,
  LEDGER_PART,
  moviesOfGroup,
  movieToJson,
  parentOf,
  parseGroupKey,
  type Range,
  type TreeNode,
} from '@movie-load/schema';
import type { Item } from '../services/dynamodb.ts';
import type { ExpectedJob } from './expected.ts';

export interface StoredOptions {
  readonly jobs: readonly ExpectedJob[];
  readonly violate: (invariant: string, detail: string) => void;
  readonly count: (branch: string) => void;
  /** The item of a key as it is now. */
  readonly item: (hash: string, range: string) => Item | undefined;
  readonly object: (key: string) => Uint8Array | undefined;
  readonly now: () => number;
}

export type Stored = ReturnType<typeof watchStored>;

const numbersOf = (item: Item | undefined, attribute: string): ReadonlySet<number> =>
  new Set((item?.[attribute]?.NS ?? []).map(Number));

export function watchStored({ jobs, violate, count, item, object, now }: StoredOptions) {
  const byId = new Map(jobs.map((job) => [job.job_id, job]));
  /** Movie indexes that some slice has, by job. */
  const covered = new Map(jobs.map((job) => [job.job_id, new Set<number>()]));
  /** The slices of each group by their key. */
  const slicesOf = new Map<string, Map<string, Range>>();
  /** Jobs whose object somebody took away after they were COMPLETE. */
  const taken = new Set<ExpectedJob>();
  const startedOn = new Map<string, string>();
  const objects = new Map(jobs.map((job) => [job.objectKey, job]));
  const bytes = new Map(jobs.map((job) => [job.job_id, Buffer.from(job.object)]));

  const ledgerOf = (job: ExpectedJob, group: number) =>
    numbersOf(item(`${job.job_id}#${group}`, LEDGER_PART), 'stored');
  const nodeOf = (job: ExpectedJob, node: TreeNode) =>
    node.level === 'root'
      ? numbersOf(item(job.job_id, JOB_PART), 'done')
      : numbersOf(item(job.job_id, `done#${node.level}#${node.node}`), 'done');
  const isStored = (job: ExpectedJob, number: number) => {
    const { first, count: movies } = job.moviesOf(number);
    const have = covered.get(job.job_id);
    for (let index = first; index < first + movies; index += 1) if (!have?.has(index)) return false;
    return true;
  };
  const isCounted = (job: ExpectedJob, group: number, number: number) =>
    ledgerOf(job, group).has(number - job.messagesOf(group).first);
  const ledgerFull = (job: ExpectedJob, group: number) => ledgerOf(job, group).size === job.messagesOf(group).count;
  const nodeFull = (job: ExpectedJob, node: TreeNode) => nodeOf(job, node).size === childrenOf(job.tree, node);
  /** Level 0 are the ledgers. */
  const childFull = (job: ExpectedJob, level: number, node: number) =>
    level === 0 ? ledgerFull(job, node) : nodeFull(job, { level, node });
  const isComplete = (job: ExpectedJob) => item(job.job_id, JOB_PART)?.status?.S === 'COMPLETE';
  const objectIsRight = (job: ExpectedJob) => {
    const body = object(job.objectKey);
    return body !== undefined && (bytes.get(job.job_id)?.equals(body) ?? false);
  };

  const grown = (what: string, before: ReadonlySet<number>, after: ReadonlySet<number>, bound: number) => {
    for (const number of before) if (!after.has(number)) violate('a set never shrinks', `${what} lost ${number}`);
    for (const number of after) {
      if (number < 0 || number >= bound)
        violate('no set over its bound', `${what} has ${number}, its bound is ${bound}`);
    }
    return [...after].filter((number) => !before.has(number));
  };

  function slice(job: ExpectedJob, group: number, part: string, before: Item | undefined, after: Item | undefined) {
    const within = moviesOfGroup(job.plan, job.shape, group);
    const first = Number(after?.first?.N);
    const listed = after?.movies?.L ?? [];
    if (!(first >= within.first && first + listed.length <= within.first + within.count && listed.length > 0)) {
      violate('a slice is of its group', `slice ${part} of group ${group}: ${listed.length} movies from ${first}`);
      return;
    }
    listed.forEach(({ M: movie = {} }, at) => {
      const json = movieToJson({
        movie_id: movie.movie_id?.S ?? '',
        title: movie.title?.S ?? '',
        year: Number(movie.year?.N),
        actor: movie.actor?.S ?? '',
        director: movie.director?.S ?? '',
      });
      if (json !== job.movies[first + at]) {
        violate('no movie of another job or place', `slice ${part} of group ${group} has ${json} at ${first + at}`);
      }
    });
    const slices = slicesOf.get(`${job.job_id} ${group}`) ?? new Map<string, Range>();
    slicesOf.set(`${job.job_id} ${group}`, slices);
    slices.set(part, { first, count: listed.length });
    const have = covered.get(job.job_id) ?? new Set();
    const others = listed.filter((_, at) => have.has(first + at)).length;
    count(before !== undefined ? 'slice written again' : others === 0 ? 'slice written' : 'slice beside another');
    for (let index = within.first; index < within.first + within.count; index += 1) have.delete(index);
    for (const range of slices.values()) {
      for (let index = range.first; index < range.first + range.count; index += 1) have.add(index);
    }
    if (before === undefined || before.movies?.L?.length === listed.length) return;
    for (const number of ledgerOf(job, group)) {
      const message = job.messagesOf(group).first + number;
      if (!isStored(job, message))
        violate('counted stays stored', `message ${message} was counted, its movies are gone`);
    }
  }

  function ledger(job: ExpectedJob, group: number, before: Item | undefined, after: Item | undefined) {
    const { first, count: messages } = job.messagesOf(group);
    if (Number(after?.expected?.N) !== messages)
      violate('the ledger knows its group', `group ${group} expects another number`);
    const set = numbersOf(after, 'stored');
    const added = grown(`ledger ${group}`, numbersOf(before, 'stored'), set, messages);
    for (const number of added) {
      if (!isStored(job, first + number)) {
        violate(
          'counted ⇒ stored',
          `message ${first + number} is in the ledger of group ${group}, its movies are nowhere`,
        );
      }
    }
    count(added.length === 0 ? 'ledger: nothing new' : set.size === messages ? 'ledger: full' : 'ledger: grows');
  }

  function node(job: ExpectedJob, of: TreeNode, before: Item | undefined, after: Item | undefined) {
    const children = childrenOf(job.tree, of);
    const name = of.level === 'root' ? 'root' : `node ${of.level}/${of.node}`;
    const set = numbersOf(after, 'done');
    const added = grown(name, numbersOf(before, 'done'), set, children);
    const level = of.level === 'root' ? job.tree.levels.length - 1 : of.level - 1;
    for (const child of added) {
      if (!childFull(job, level, firstChildOf(job.tree, of) + child)) {
        violate('finished ⇒ full', `${name} has child ${child}, which is not full`);
      }
    }
    const kind = of.level === 'root' ? 'root' : 'tree node';
    if (added.length > 0) count(set.size === children ? `${kind}: full` : `${kind}: grows`);
    return added.length;
  }

  function jobItem(job: ExpectedJob, before: Item | undefined, after: Item | undefined) {
    if (after === undefined) return violate('a job stays', 'the job item was removed');
    const wasComplete = before?.status?.S === 'COMPLETE';
    if (wasComplete && after.status?.S !== 'COMPLETE') violate('COMPLETE stays', 'the job is not COMPLETE any more');
    const started = after.started_on?.S ?? '';
    if ((startedOn.get(job.job_id) ?? started) !== started) violate('the first message decides', 'started_on changed');
    startedOn.set(job.job_id, started);
    const grew = node(job, { level: 'root' }, before, after);
    if (before === undefined) count('job created');
    if (!wasComplete && after.status?.S === 'COMPLETE') {
      count('job COMPLETE');
      checkComplete(job, 'when it became COMPLETE');
    } else if (before !== undefined && grew === 0) lease(before, after);
  }

  function lease(before: Item, after: Item) {
    const [was, is] = [before.assembling_until?.N, after.assembling_until?.N];
    if (was === is) return count('root: nothing new');
    if (Number(is) === 0) return count('lease given up');
    if (was !== undefined && before.assembling_by?.S === after.assembling_by?.S) return count('lease renewed');
    count(was === undefined || Number(was) === 0 ? 'lease taken' : 'lease taken over');
  }

  function checkComplete(job: ExpectedJob, when: string) {
    if (!nodeFull(job, { level: 'root' })) violate('COMPLETE ⇒ all counted', `the root is not full ${when}`);
    for (let group = 0; group < job.shape.groups; group += 1) {
      if (!ledgerFull(job, group))
        violate('COMPLETE ⇒ all counted', `the ledger of group ${group} is not full ${when}`);
    }
    for (let index = 0; index < job.plan.movies; index += 1) {
      if (!covered.get(job.job_id)?.has(index)) violate('COMPLETE ⇒ all stored', `movie ${index} is nowhere ${when}`);
    }
    if (!taken.has(job) && !objectIsRight(job))
      violate('COMPLETE ⇒ object', `${job.objectKey} is missing or has other bytes ${when}`);
  }

  return {
    isStored,
    isCounted,
    isComplete,
    objectIsRight,
    checkComplete,
    /** Somebody takes the object away: until it is made again, it is not missed. */
    take: (job: ExpectedJob) => taken.add(job),
    /** A write of one item. */
    wrote(before: Item | undefined, after: Item | undefined): void {
      const { job_id: { S: hash = '' } = {}, part: { S: part = '' } = {} } = after ?? before ?? {};
      const group = parseGroupKey(hash);
      const job = byId.get(group?.job_id ?? hash);
      if (job === undefined || (group !== undefined && group.group >= job.shape.groups)) {
        violate('forged messages change nothing', `an item ${hash} ${part} of no known job was written`);
        return;
      }
      const [, level, at] = /^done#(\d+)#(\d+)$/.exec(part) ?? [];
      if (group !== undefined && part === LEDGER_PART) ledger(job, group.group, before, after);
      else if (group !== undefined) slice(job, group.group, part, before, after);
      else if (part === JOB_PART) jobItem(job, before, after);
      else if (level !== undefined && at !== undefined && Number(level) < job.tree.levels.length) {
        node(job, { level: Number(level), node: Number(at) }, before, after);
      } else violate('only known items', `${hash} ${part}`);
    },
    /** An object became visible, or is gone. */
    put(key: string): void {
      const job = objects.get(key);
      const isGone = object(key) === undefined;
      if (isGone && job !== undefined && taken.has(job)) return;
      if (job === undefined || isGone) {
        violate(isGone ? 'no object is removed' : 'no object of another job', key);
        return;
      }
      taken.delete(job);
      count(isComplete(job) ? 'object written again after COMPLETE' : 'object written');
      if (!objectIsRight(job)) violate('the object has the generator’s bytes', `${key} at ${now()}`);
    },
    /**
     * What has to be woken up: full sets that their parents lack, a full root that is not COMPLETE. For each, the
     * groups of which one message must still be live: completion is driven by deliveries alone.
     */
    *obligations(job: ExpectedJob): Generator<{ readonly what: string; readonly groups: readonly [number, number] }> {
      if (isComplete(job)) return;
      let width = 1;
      for (let level = 0; level < job.tree.levels.length; level += 1) {
        for (let at = 0; at < (job.tree.levels[level] ?? 0); at += 1) {
          if (!childFull(job, level, at)) continue;
          const { parent, child } = parentOf(job.tree, level, at);
          if (nodeOf(job, parent).has(child)) continue;
          yield {
            what: `level ${level} node ${at} is full, its parent does not know`,
            groups: [at * width, (at + 1) * width],
          };
        }
        width *= job.tree.fanOut;
      }
      if (nodeFull(job, { level: 'root' }))
        yield { what: 'all is counted, nobody assembles', groups: [0, job.shape.groups] };
    },
  };
}
