// A run in a player: the state of messages, counts and events, with the player's controls.
import Toggle from '@cloudscape-design/components/toggle';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { RunName } from '../../learn-api.ts';
import { Section } from '../layout.tsx';
import { Player } from '../player/player.tsx';
import { usePlayback } from '../player/use-playback.ts';
import { Counts } from './counts.tsx';
import { MessageMap } from './message-map.tsx';
import { runStateAfter } from './run-state.ts';
import { Timeline } from './timeline.tsx';
import type { RunNow } from './use-run.ts';

const PLAYBACK_MS = 8000;

interface RunPanelProps {
  readonly title: string;
  readonly run: RunNow;
  readonly name: RunName;
  /** Called when the run was shown to its end for the first time. */
  readonly onEnd: () => void;
  readonly children?: ReactNode;
}

export function RunPanel({ title, run, name, onEnd, children }: RunPanelProps) {
  const [calls, setCalls] = useState(false);
  const events = run.events[name];
  const isGrowing = run.state === 'running';
  const playback = usePlayback({ last: events.length, isGrowing, durationMs: PLAYBACK_MS, autoplay: true });
  const { position, isAtEnd } = playback;
  const state = useMemo(() => runStateAfter(events.slice(0, position), { calls }), [events, position, calls]);
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd]);
  return (
    <Section
      title={title}
      description={`${state.second.toFixed(1)} s on the lesson’s clock`}
      actions={
        <Toggle checked={calls} onChange={({ detail }) => setCalls(detail.checked)}>
          Each AWS call
        </Toggle>
      }
    >
      <Player playback={playback} label="What has happened so far" title={title} />
      <MessageMap queues={state.queues} second={state.second} />
      <Counts state={state} />
      <Timeline lines={state.lines} title={title} />
      {children}
    </Section>
  );
}
