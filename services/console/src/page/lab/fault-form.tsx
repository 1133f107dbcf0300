// The form for a fault rule. The lab validates the rule; if it refuses it, its response says why.
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { AddFaults } from '../../learn-api.ts';
import { ChoiceField, NumberField, PageForm, TextField, wholeNumber } from '../fields.tsx';

const KINDS = [
  { value: 'delay', label: 'is late' },
  { value: 'reset after', label: 'is done, and its answer is lost' },
  { value: 'reset before', label: 'finds its connection broken' },
  { value: 'error before', label: 'fails at AWS' },
  { value: 'throttle', label: 'is throttled' },
  { value: 'unprocessed', label: 'leaves an item of its batch unprocessed (DynamoDB)' },
  { value: 'refuse_entries', label: 'has an entry of its batch refused (SQS)' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

const MAX_DELAY_MS = 60_000;
const MAX_TIMES = 1_000_000;

export function FaultForm({ busy, onAdd }: { busy: boolean; onAdd: (rule: AddFaults) => void }) {
  const [operation, setOperation] = useState('dynamodb:UpdateItem');
  const [kind, setKind] = useState<Kind>('reset after');
  const [delay, setDelay] = useState('2000');
  const [times, setTimes] = useState('1');
  const [percent, setPercent] = useState('100');
  // Null while the text is invalid; an empty number of calls is undefined and means all.
  const delayMs = wholeNumber(delay, 1, MAX_DELAY_MS);
  const callCount = times.trim() === '' ? undefined : wholeNumber(times, 1, MAX_TIMES);
  const percentage = wholeNumber(percent, 1, 100);
  const isInvalid =
    operation.trim() === '' || callCount === null || percentage === null || (kind === 'delay' && delayMs === null);
  const add = () => {
    if (callCount === null || percentage === null) return;
    onAdd({
      operation: operation.trim(),
      ...effectOf(kind, delayMs ?? 1),
      ...(callCount !== undefined && { times: callCount }),
      ...(percentage < 100 && { probability: percentage / 100 }),
    });
  };
  return (
    <ExpandableSection headerText="Your own rule">
      <PageForm onSubmit={add}>
        <SpaceBetween size="s">
          <TextField
            label="Calls"
            description="sqs:SendMessage, sqs:Send*, s3:*, or * for all"
            value={operation}
            onChange={setOperation}
          />
          <ChoiceField label="Such a call …" options={KINDS} value={kind} onChange={setKind} />
          {kind === 'delay' && (
            <NumberField
              label="Milliseconds late"
              errorText={delayMs === null && `From 1 to ${MAX_DELAY_MS}.`}
              value={delay}
              onChange={setDelay}
            />
          )}
          <NumberField
            label="How many calls"
            description="Empty: all of them"
            errorText={callCount === null && `Empty, or from 1 to ${MAX_TIMES}.`}
            value={times}
            onChange={setTimes}
          />
          <NumberField
            label="Per cent of the calls"
            errorText={percentage === null && 'From 1 to 100.'}
            value={percent}
            onChange={setPercent}
          />
          <Button formAction="submit" disabled={busy || isInvalid}>
            Add the rule
          </Button>
        </SpaceBetween>
      </PageForm>
    </ExpandableSection>
  );
}

type Effect = Omit<Exclude<AddFaults, { preset: string }>, 'operation'>;

function effectOf(kind: Kind, delay_ms: number): Effect {
  switch (kind) {
    case 'delay':
      return { delay_ms };
    case 'reset after':
      return { fault: 'reset', when: 'after' };
    case 'reset before':
      return { fault: 'reset' };
    case 'error before':
      return { fault: 'error' };
    default:
      return { fault: kind };
  }
}
