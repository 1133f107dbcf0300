// A run, played: who holds what, what is counted, and what happens, with the controls of a player.
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { RunName } from '../../learn-api.ts';
import { Counts } from './counts.tsx';
import { MessageMap } from './message-map.tsx';
import { Player } from './player.tsx';
import { worldAfter } from './run-state.ts';
import { Timeline } from './timeline.tsx';
import { usePlayback } from './use-playback.ts';
import type { RunNow } from './use-run.ts';

interface RunPanelProps {
  readonly title: string;
  readonly run: RunNow;
  readonly name: RunName;
  /** Called when all was shown for the first time. */
  readonly onEnd: () => void;
  readonly children?: ReactNode;
}

export function RunPanel({ title, run, name, onEnd, children }: RunPanelProps) {
  const [calls, setCalls] = useState(false);
  const events = run.events[name];
  const playback = usePlayback(events.length, run.state === 'running');
  const { shown, isAtEnd } = playback;
  const world = useMemo(() => worldAfter(events.slice(0, shown), { calls }), [events, shown, calls]);
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`${world.second.toFixed(1)} s on the lesson’s clock`}
          actions={
            <Toggle checked={calls} onChange={({ detail }) => setCalls(detail.checked)}>
              Each AWS call
            </Toggle>
          }
        >
          {title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Player playback={playback} total={events.length} title={title} />
        <MessageMap queues={world.queues} second={world.second} />
        <Counts world={world} />
        <Timeline lines={world.lines} title={title} />
        {children}
      </SpaceBetween>
    </Container>
  );
}
