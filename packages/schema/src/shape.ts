import type { JobPlan } from './plan.ts';

/** A contiguous range: `first` and how many from there. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** How many messages and groups a plan makes, and the sizes of its groups. */
export interface JobShape {
  readonly messages: number;
  readonly groups: number;
  /** Every group has `smallGroup` messages, but the first `largeGroups` of them have one more. */
  readonly smallGroup: number;
  readonly largeGroups: number;
}

/**
 * Pure arithmetic on whole numbers, exact for every plan.
 *
 * @example shapeOf({ …, movies: 1001, movies_per_message: 1, group_size: 20 }) // 1001 messages, 51 groups of 19 or 20
 */
export function shapeOf(plan: JobPlan): JobShape {
  const messages = Math.ceil(plan.movies / plan.movies_per_message);
  const groups = Math.ceil(messages / plan.group_size);
  return { messages, groups, smallGroup: Math.floor(messages / groups), largeGroups: messages % groups };
}

/** The message numbers of a group. */
export function messagesOfGroup({ smallGroup, largeGroups }: JobShape, group: number): Range {
  return {
    first: group * smallGroup + Math.min(group, largeGroups),
    count: smallGroup + (group < largeGroups ? 1 : 0),
  };
}

/** The group that a message number belongs to. */
export function groupOfMessage({ smallGroup, largeGroups }: JobShape, number: number): number {
  const inLargeGroups = largeGroups * (smallGroup + 1);
  if (number < inLargeGroups) return Math.floor(number / (smallGroup + 1));
  return largeGroups + Math.floor((number - inLargeGroups) / smallGroup);
}

/** The movie indexes that a message carries. */
export function moviesOfMessage(plan: JobPlan, number: number): Range {
  const first = number * plan.movies_per_message;
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
