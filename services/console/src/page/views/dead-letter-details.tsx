// The details of a dead letter: its attributes, and its body, always as plain text.
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useState } from 'react';
import type { DeadLetterBody, DeadLetterView } from '../../api.ts';
import { useGet } from '../client.ts';
import { formatBytes, formatInstant } from '../format.ts';
import { Details } from '../layout.tsx';
import { Failed } from '../parts.tsx';

export function DeadLetterDetails({ deadLetter, onClose }: { deadLetter: DeadLetterView; onClose: () => void }) {
  const attributes = Object.entries(deadLetter.attributes).map(([label, value]) => ({
    label: <span className="clip">{label}</span>,
    value: <span className="clip">{value}</span>,
  }));
  return (
    <Details title="The message" testId="dead-letter" onClose={onClose}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={220}
        items={[
          { label: 'Message id', value: <span className="clip">{deadLetter.message_id}</span> },
          { label: 'Original group', value: <span className="clip">{deadLetter.original_group ?? '–'}</span> },
          { label: 'Here since', value: formatInstant(deadLetter.dead_since) },
        ]}
      />
      <Body deadLetter={deadLetter} />
      {attributes.length > 0 && (
        <>
          <Header variant="h3">Attributes</Header>
          <KeyValuePairs columns={2} minColumnWidth={260} items={attributes} />
        </>
      )}
    </Details>
  );
}

function Body({ deadLetter }: { deadLetter: DeadLetterView }) {
  const [isExpanded, setExpanded] = useState(false);
  const { data, error, reload, loading } = useGet<DeadLetterBody>(
    isExpanded ? `/api/dead-letters/${encodeURIComponent(deadLetter.message_id)}/body` : null,
  );
  const isCut = deadLetter.body_cut && !data;
  return (
    <div>
      <Header
        variant="h3"
        actions={
          isCut && (
            <Button loading={isExpanded && loading} onClick={() => setExpanded(true)}>
              Show more
            </Button>
          )
        }
      >
        {`Body, ${formatBytes(deadLetter.body_bytes)}`}
      </Header>
      {error && <Failed error={error} retry={reload} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className="body-text" tabIndex={0} data-testid="body">
        {data?.body ?? deadLetter.body_start}
        {(isCut || data?.cut) && '…'}
      </pre>
    </div>
  );
}
