// The received messages, one box per delivery, with buttons that extend, release or delete it by receipt handle.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { NumberField, wholeNumber } from '../fields.tsx';
import { CliLine } from './cli-line.tsx';
import { type LabQueueProps, MAX_VISIBILITY, type ReceivedMessage } from './use-lab-queue.ts';

export function ReceivedMessages(props: LabQueueProps) {
  const { messages } = props.queue;
  if (messages.length === 0) return null;
  return (
    <SpaceBetween size="s">
      <Box variant="h3">Received</Box>
      {messages.map((message) => (
        <Delivery key={message.receipt_handle} message={message} {...props} />
      ))}
    </SpaceBetween>
  );
}

function Delivery({ message, queue, busy, runAction }: LabQueueProps & { message: ReceivedMessage }) {
  const [secondsText, setSecondsText] = useState('30');
  const { name, call, lineOf, forget } = queue;
  const { receipt_handle, body, group, receives } = message;
  const seconds = wholeNumber(secondsText, 1, MAX_VISIBILITY);
  const delivery = { queue: name, receipt_handle };
  const extend = { action: 'extend', ...delivery, visibility: seconds ?? 30 } as const;
  const release = { action: 'release', ...delivery } as const;
  const remove = { action: 'delete', ...delivery } as const;
  return (
    <fieldset className="by-hand delivery" aria-label={`Delivery ${receives} of ${body}`}>
      <SpaceBetween size="xs">
        <div>
          <strong className="clip">{body}</strong>
          <div className="clip">{`${group === null ? '' : `group ${group}, `}delivery ${receives}`}</div>
          <div className="clip">{`receipt handle ${receipt_handle}`}</div>
        </div>
        <NumberField
          label="Seconds from now"
          errorText={seconds === null && `From 1 to ${MAX_VISIBILITY}.`}
          value={secondsText}
          onChange={setSecondsText}
        />
        <Button disabled={busy || seconds === null} onClick={() => runAction(() => call(extend))}>
          Extend
        </Button>
        <CliLine line={lineOf(extend)} />
        <Button disabled={busy} onClick={() => runAction(() => call(release))}>
          Release
        </Button>
        <CliLine line={lineOf(release)} />
        <Button disabled={busy} onClick={() => runAction(() => call(remove))}>
          Delete
        </Button>
        <CliLine line={lineOf(remove)} />
        <Button variant="inline-link" onClick={() => forget(message)}>
          Forget this delivery
        </Button>
      </SpaceBetween>
    </fieldset>
  );
}
