// The map's container: what the colours mean, colouring by consumer, going to a message, heat map and lanes.
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { groupOfMessage, type JobShape, messagesOfGroup } from '@movie-load/schema';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JobProgress } from '../../api.ts';
import { counted } from '../format.ts';
import { useConsumerName } from '../live.ts';
import { consumerColour } from '../map/draw.ts';
import type { Cell } from '../map/geometry.ts';
import { HeatMap } from '../map/heat.tsx';
import { LaneMap } from '../map/lanes.tsx';
import { PartStrip } from '../map/parts.tsx';
import { InFlightNotes } from './in-flight-notes.tsx';

/** Jobs with more lanes than this get a heat map above them. */
const MANY_LANES = 100;

interface JobMapProps {
  readonly progress: JobProgress;
  readonly onPick: (message: number) => void;
}

export function JobMap({ progress, onPick }: JobMapProps) {
  const { job, version } = progress;
  const [byConsumer, setByConsumer] = useState(false);
  const [cursor, setCursor] = useState<Cell | null>(null);
  const [consumers, setConsumers] = useState<readonly string[]>([]);
  const { messages, groups, group_size: groupSize, job_id } = job;
  const shape = useMemo<JobShape>(() => ({ messages, groups, groupSize }), [messages, groups, groupSize]);
  const goTo = (number: number) => {
    const group = groupOfMessage(shape, number);
    setCursor({ group, offset: number - messagesOfGroup(shape, group).first });
    onPick(number);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`One line for each of ${counted(groups, 'message group')}, one cell for each message.`}
          actions={
            <SegmentedControl
              label="Colour by"
              selectedId={byConsumer ? 'consumer' : 'state'}
              options={[
                { id: 'state', text: 'By state' },
                { id: 'consumer', text: 'By consumer' },
              ]}
              onChange={({ detail }) => setByConsumer(detail.selectedId === 'consumer')}
            />
          }
        >
          Map
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Legend consumers={byConsumer ? consumers : []} byConsumer={byConsumer} />
        <InFlightNotes progress={progress} />
        <PartStrip progress={progress} />
        {groups > MANY_LANES && (
          <HeatMap jobId={job_id} version={version} onGroup={(group) => setCursor({ group, offset: 0 })} />
        )}
        <LaneMap
          jobId={job_id}
          shape={shape}
          version={version}
          byConsumer={byConsumer}
          cursor={cursor}
          onCursor={setCursor}
          onPick={onPick}
          onConsumers={setConsumers}
        />
        <GoTo messages={messages} onGo={goTo} />
      </SpaceBetween>
    </Container>
  );
}

function Legend({ consumers, byConsumer }: { consumers: readonly string[]; byConsumer: boolean }) {
  return (
    <ul className="legend" aria-label="Colours">
      <Entry name="none">not stored yet</Entry>
      {!byConsumer && <Entry name="stored">stored</Entry>}
      {consumers.map((consumer, index) => (
        <ConsumerEntry key={consumer} consumer={consumer} index={index} />
      ))}
      <Entry name="undeleted">stored, not yet deleted</Entry>
      <Entry name="flight">in flight</Entry>
      <Entry name="dead">dead-lettered</Entry>
    </ul>
  );
}

const Entry = ({ name, children }: { name: string; children: string }) => (
  <li>
    <span className={`swatch swatch-${name}`} />
    {children}
  </li>
);

function ConsumerEntry({ consumer, index }: { consumer: string; index: number }) {
  const swatch = useRef<HTMLSpanElement>(null);
  const name = useConsumerName(consumer);
  useEffect(() => {
    if (swatch.current) swatch.current.style.background = consumerColour(index);
  }, [index]);
  return (
    <li>
      <span className="swatch" ref={swatch} />
      <span className="clip">{name}</span>
    </li>
  );
}

function GoTo({ messages, onGo }: { messages: number; onGo: (number: number) => void }) {
  const [text, setText] = useState('');
  const number = /^\d+$/.test(text.trim()) ? Number(text) : null;
  const wrong = text !== '' && (number === null || number >= messages);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (number !== null && !wrong) onGo(number);
      }}
    >
      <FormField
        label="Go to message"
        errorText={wrong && `A whole number from 0 to ${messages - 1}.`}
        secondaryControl={<Button formAction="submit">Show</Button>}
      >
        <Input value={text} inputMode="numeric" onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </form>
  );
}
