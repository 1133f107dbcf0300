import { assertInvariant } from './invariant.ts';
import type { JobPlan } from './plan.ts';

/** A contiguous range: its first number and its length. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** The numbers of a range, in order. */
export function* numbersOf({ first, count }: Range): Generator<number> {
  for (let number = first; number < first + count; number += 1) yield number;
}

/** How many messages and groups a plan has, and how many messages a group has; the last group may have fewer. */
export interface JobShape {
  readonly messages: number;
  readonly groups: number;
  readonly groupSize: number;
}

/**
 * Pure arithmetic on whole numbers, exact for every plan.
 *
 * @example shapeOf({ …, movies: 1001, movies_per_message: 1, group_size: 20 }) // 50 groups of 20 messages and one of 1
 */
export function shapeOf(plan: JobPlan): JobShape {
  const messages = Math.ceil(plan.movies / plan.movies_per_message);
  return { messages, groups: Math.ceil(messages / plan.group_size), groupSize: plan.group_size };
}

/** The message numbers of a group of the job. */
export function messagesOfGroup({ messages, groups, groupSize }: JobShape, group: number): Range {
  assertInvariant(group >= 0 && group < groups, () => `group ${group} of a job of ${groups} groups`);
  const first = group * groupSize;
  return { first, count: Math.min(groupSize, messages - first) };
}

/** The group that a message number belongs to. */
export function groupOfMessage({ groupSize }: JobShape, number: number): number {
  return Math.floor(number / groupSize);
}

/** The movie indexes that a message of the job carries. */
export function moviesOfMessage(plan: JobPlan, number: number): Range {
  const first = number * plan.movies_per_message;
  assertInvariant(first >= 0 && first < plan.movies, () => `message ${number} of a job of ${plan.movies} movies`);
  return { first, count: Math.min(plan.movies_per_message, plan.movies - first) };
}

/** The movie indexes of all of a group's messages. */
export function moviesOfGroup(plan: JobPlan, shape: JobShape, group: number): Range {
  const { first, count } = messagesOfGroup(shape, group);
  const from = first * plan.movies_per_message;
  return { first: from, count: Math.min(count * plan.movies_per_message, plan.movies - from) };
}

/** The message that carries a movie. */
export function messageOfMovie(plan: JobPlan, index: number): number {
  return Math.floor(index / plan.movies_per_message);
}
