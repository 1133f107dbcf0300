// The events as lines of text: consecutive events of one kind at one moment are one line.
import type { RunEvent } from '../../learn-api.ts';

export interface TimelineLine {
  readonly second: number;
  /** Null for effects of time, and for the lesson's own notes. */
  readonly by: string | null;
  readonly kind: 'note' | 'message' | 'call';
  readonly text: string;
  /** A call that failed. */
  readonly isFailure: boolean;
}

/** A line whose text is not yet complete, because the next events may add their labels. */
interface OpenLine extends Omit<TimelineLine, 'text'> {
  /** The text before the labels. */
  readonly before: string;
  /** The labels of messages, usually their numbers. */
  readonly labels: readonly string[];
  /** The text after the labels. */
  readonly after: string;
  /** Consecutive lines with the same key are combined. */
  readonly key: string;
}

const VERBS: Readonly<Record<string, string>> = {
  sent: 'sent',
  deduplicated: 'sent again, deduplicated by SQS:',
  received: 'received',
  extended: 'extended',
  released: 'released',
  visible: 'visible again:',
  deleted: 'deleted',
  moved: 'moved away:',
  arrived: 'arrived:',
  expired: 'removed, the retention period ended:',
  purged: 'purged',
};

const secondsText = (second: number): string => `${Math.round(second * 10) / 10} s`;

/** The line of an event; undefined for events that are not listed. */
export function toLine(event: RunEvent, calls: boolean): OpenLine | undefined {
  const { second } = event;
  switch (event.event) {
    case 'note':
      return { second, by: null, kind: 'note', before: event.text, labels: [], after: '', key: '', isFailure: false };
    case 'message': {
      const { kind, by, queue, hidden_until: until, label } = event;
      const hidden = until === null || until <= second ? '' : `, hidden until ${secondsText(until)}`;
      const key = [second, kind, by, queue, until].join();
      const before = VERBS[kind] ?? kind;
      return { second, by, kind: 'message', before, labels: [label], after: hidden, key, isFailure: false };
    }
    case 'call': {
      const { by, operation, entries, failed } = event;
      if (failed === null && !calls) return undefined;
      const count = entries === null ? '' : ` (${entries})`;
      const before = `${operation}${count}${failed === null ? '' : `: ${failed}`}`;
      return { second, by, kind: 'call', before, labels: [], after: '', key: '', isFailure: failed !== null };
    }
    case 'value':
      return undefined;
  }
}

/** Combines consecutive lines with the same key. */
export function combineLines(lines: readonly OpenLine[]): TimelineLine[] {
  const combined: OpenLine[] = [];
  for (const line of lines) {
    const last = combined.at(-1);
    if (last === undefined || line.key === '' || last.key !== line.key) combined.push(line);
    else combined[combined.length - 1] = { ...last, labels: [...last.labels, ...line.labels] };
  }
  return combined.map(({ second, by, kind, before, labels, after, isFailure }) => ({
    second,
    by,
    kind,
    isFailure,
    text: [before, labelsText(labels)].filter((part) => part !== '').join(' ') + after,
  }));
}

const MAX_LABELS = 6;

/** @example labelsText(['0', '1', '2', '7']) // '0–2, 7' */
export function labelsText(labels: readonly string[]): string {
  const ranges: [string, string][] = [];
  // Numbers are message numbers and are sorted; other labels keep their places.
  const areNumbers = labels.every((label) => /^\d+$/.test(label));
  for (const label of areNumbers ? labels.toSorted((a, b) => Number(a) - Number(b)) : labels) {
    const last = ranges.at(-1);
    if (last !== undefined && isNext(last[1], label)) last[1] = label;
    else ranges.push([label, label]);
  }
  const texts = ranges.map(([from, to]) => (from === to ? from : `${from}–${to}`));
  if (texts.length <= MAX_LABELS) return texts.join(', ');
  return `${texts.slice(0, MAX_LABELS).join(', ')} … (${labels.length} messages)`;
}

const isNext = (label: string, next: string): boolean =>
  /^\d+$/.test(label) && /^\d+$/.test(next) && Number(next) === Number(label) + 1;
