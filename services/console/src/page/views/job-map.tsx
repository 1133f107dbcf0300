// The map's container: legend, colouring by consumer, going to a message, heat map and lanes.
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { groupOfMessage, type JobShape, messagesOfGroup } from '@movie-load/schema';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JobProgress } from '../../api.ts';
import { NumberField, PageForm, wholeNumber } from '../fields.tsx';
import { formatCount } from '../format.ts';
import { Section } from '../layout.tsx';
import { useConsumerName } from '../live.ts';
import { consumerColour } from '../map/draw.ts';
import type { Cell } from '../map/geometry.ts';
import { HeatMap } from '../map/heat.tsx';
import { LaneMap } from '../map/lanes.tsx';
import { PartStrip } from '../map/parts.tsx';
import { InFlightNotes } from './in-flight-notes.tsx';

/** Jobs with more lanes than this get a heat map above them. */
const MANY_LANES = 100;

export function JobMap({ progress, onPick }: { progress: JobProgress; onPick: (message: number) => void }) {
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
    <Section
      title="Map"
      gap="s"
      description={`One line for each of ${formatCount(groups, 'message group')}, one cell for each message.`}
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
    </Section>
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
  const number = wholeNumber(text, 0, messages - 1);
  return (
    <PageForm onSubmit={() => number !== null && onGo(number)}>
      <NumberField
        label="Go to message"
        errorText={text !== '' && number === null && `A whole number from 0 to ${messages - 1}.`}
        secondaryControl={<Button formAction="submit">Show</Button>}
        value={text}
        onChange={setText}
      />
    </PageForm>
  );
}
