// The learner's own queue, used by hand as producer and consumer, with the line of the AWS CLI for each call.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { isFifo } from '@movie-load/operations/aws-cli';
import { useState } from 'react';
import { NumberField, PageForm, TextField, wholeNumber } from '../fields.tsx';
import { formatCount } from '../format.ts';
import { Section } from '../layout.tsx';
import { useAction } from '../use-action.ts';
import { CliLine } from './cli-line.tsx';
import { ReceivedMessages } from './received.tsx';
import { type LabQueueProps, MAX_VISIBILITY, useLabQueue } from './use-lab-queue.ts';

const NAMES = [
  { id: 'lab.fifo', text: 'FIFO: lab.fifo' },
  { id: 'lab', text: 'Standard: lab' },
];

export function QueueBox() {
  const [name, setName] = useState('lab.fifo');
  return (
    <Section
      title="A queue by hand"
      description="Be the producer and the consumer of your own queue. Each button shows the equivalent line of the AWS CLI."
    >
      <SegmentedControl
        label="Queue"
        selectedId={name}
        options={NAMES}
        onChange={({ detail }) => setName(detail.selectedId)}
      />
      <QueueControls key={name} name={name} />
    </Section>
  );
}

function QueueControls({ name }: { name: string }) {
  const queue = useLabQueue(name);
  const { act, busy, error } = useAction();
  const runAction = (work: () => Promise<unknown>) => void act(work);
  return (
    <SpaceBetween size="m">
      <output data-testid="lab-status">
        {queue.status === null
          ? `There is no queue ${name} yet.`
          : `${formatCount(queue.status.waiting, 'message')} waiting, ${queue.status.in_flight} in flight`}
      </output>
      <Create queue={queue} busy={busy} runAction={runAction} />
      {queue.status !== null && <Send queue={queue} busy={busy} runAction={runAction} />}
      {queue.status !== null && <Receive queue={queue} busy={busy} runAction={runAction} />}
      {error !== null && <Alert type="error">{error}</Alert>}
      {queue.refused !== null && (
        <Alert type="warning" header="SQS refused the call">
          {queue.refused}
        </Alert>
      )}
      <ReceivedMessages queue={queue} busy={busy} runAction={runAction} />
    </SpaceBetween>
  );
}

function Create({ queue, busy, runAction }: LabQueueProps) {
  const [text, setText] = useState('30');
  const visibility = wholeNumber(text, 0, MAX_VISIBILITY);
  const { name, status, call, lineOf } = queue;
  if (status !== null) {
    return (
      <div className="by-hand">
        <Button disabled={busy} onClick={() => runAction(() => call({ action: 'remove', queue: name }))}>
          Remove the queue
        </Button>
        <CliLine line={lineOf({ action: 'remove', queue: name })} />
      </div>
    );
  }
  return (
    <div className="by-hand">
      <NumberField
        label="Its visibility timeout in seconds"
        errorText={visibility === null && `From 0 to ${MAX_VISIBILITY}.`}
        secondaryControl={
          <Button
            disabled={busy || visibility === null}
            onClick={() => visibility !== null && runAction(() => call({ action: 'create', queue: name, visibility }))}
          >
            Create the queue
          </Button>
        }
        value={text}
        onChange={setText}
      />
      <CliLine line={lineOf({ action: 'create', queue: name, visibility: visibility ?? 30 })} />
    </div>
  );
}

/** Does not use `crypto.randomUUID`, which exists on secure origins only. */
const newId = (): string => Math.random().toString(36).slice(2, 10);

function Send({ queue, busy, runAction }: LabQueueProps) {
  const [body, setBody] = useState('hello');
  const [group, setGroup] = useState('a');
  const [id, setId] = useState(newId);
  const { name, call, lineOf } = queue;
  const request = { action: 'send', queue: name, body, group, deduplication_id: id } as const;
  return (
    <PageForm
      className="by-hand"
      onSubmit={() =>
        runAction(async () => {
          await call(request);
          setId(newId());
        })
      }
    >
      <SpaceBetween size="xs">
        <Box variant="h3">Send</Box>
        <TextField label="Body" value={body} onChange={setBody} />
        {isFifo(name) && (
          <div className="fields">
            <TextField label="Message group" value={group} onChange={setGroup} />
            <TextField label="Deduplication id" value={id} onChange={setId} />
          </div>
        )}
        <Button formAction="submit" disabled={busy || body === '' || group === '' || id === ''}>
          Send
        </Button>
      </SpaceBetween>
      <CliLine line={lineOf(request)} />
    </PageForm>
  );
}

const MAX_MESSAGES = 10;

function Receive({ queue, busy, runAction }: LabQueueProps) {
  const [maxText, setMax] = useState('1');
  const [text, setText] = useState('');
  const { name, call, lineOf } = queue;
  const max = wholeNumber(maxText, 1, MAX_MESSAGES);
  const visibility = text.trim() === '' ? undefined : wholeNumber(text, 0, MAX_VISIBILITY);
  const request = {
    ...({ action: 'receive', queue: name, max: max ?? 1, wait: 0 } as const),
    ...(typeof visibility === 'number' && { visibility }),
  };
  return (
    <PageForm className="by-hand" onSubmit={() => runAction(() => call(request))}>
      <SpaceBetween size="xs">
        <Box variant="h3">Receive</Box>
        <div className="fields">
          <NumberField
            label="Messages at most"
            errorText={max === null && `From 1 to ${MAX_MESSAGES}.`}
            value={maxText}
            onChange={setMax}
          />
          <NumberField
            label="Hide for seconds"
            description="Empty: the queue's own"
            errorText={visibility === null && `Empty, or from 0 to ${MAX_VISIBILITY}.`}
            value={text}
            onChange={setText}
          />
        </div>
        <Button formAction="submit" disabled={busy || max === null || visibility === null}>
          Receive
        </Button>
        {queue.receivedNothing && <Box color="text-body-secondary">No message could be received just now.</Box>}
      </SpaceBetween>
      <CliLine line={lineOf(request)} />
    </PageForm>
  );
}
