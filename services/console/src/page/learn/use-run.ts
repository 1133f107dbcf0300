// One run of a lesson: its events, streamed by the server, and its outcome.
import { useRef, useState } from 'react';
import type { Comparison, LessonLine, LessonRun, RunEvent, RunName, RunRequest } from '../../learn-api.ts';
import { postLines, RequestError, useNewestSignal } from '../client.ts';

export interface RunNow {
  /** Unique per run. */
  readonly id: number;
  readonly kind: RunRequest['run'];
  readonly state: 'running' | 'ended' | 'failed';
  readonly events: Readonly<Record<RunName, readonly RunEvent[]>>;
  readonly result: LessonRun | null;
  readonly comparison: Comparison | null;
  readonly error: string | null;
}

const NO_EVENTS = { lesson: [], kept: [], broken: [] };
const ENDED_EARLY = 'The run ended early: is movie-load up still running?';

export function useRun(lesson: number) {
  const [run, setRun] = useState<RunNow | null>(null);
  const nextSignal = useNewestSignal();
  const runCount = useRef(0);

  const start = async (kind: RunRequest['run']): Promise<void> => {
    const signal = nextSignal();
    runCount.current += 1;
    const outcome = { result: null, comparison: null, error: null };
    let current: RunNow = { id: runCount.current, kind, state: 'running', events: NO_EVENTS, ...outcome };
    const show = (next: RunNow) => {
      current = next;
      if (!signal.aborted) setRun(next);
    };
    show(current);
    try {
      for await (const lines of postLines<LessonLine>(`/api/lessons/${lesson}`, { run: kind }, signal)) {
        show(lines.reduce(withLine, current));
      }
      if (current.state === 'running') show({ ...current, state: 'failed', error: ENDED_EARLY });
    } catch (error) {
      show({ ...current, state: 'failed', error: error instanceof RequestError ? error.message : ENDED_EARLY });
    }
  };
  return { run, start };
}

function withLine(run: RunNow, line: LessonLine): RunNow {
  switch (line.event) {
    case 'ended':
      return { ...run, state: 'ended', result: line.result };
    case 'compared':
      return { ...run, state: 'ended', comparison: line.result };
    case 'failed':
      return { ...run, state: 'failed', error: line.error };
    default:
      return { ...run, events: { ...run.events, [line.run]: [...run.events[line.run], line] } };
  }
}
