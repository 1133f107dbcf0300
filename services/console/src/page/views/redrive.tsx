// Redrives dead letters: first a dry run that shows what would happen, then the redrive itself.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { RedriveResult } from '../../api.ts';
import { post } from '../client.ts';
import { formatCount } from '../format.ts';
import { Loading } from '../parts.tsx';
import { useRequest } from '../use-request.ts';

export function Redrive({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const [requestedIds, setRequestedIds] = useState<readonly string[] | null>(null);
  const { response: result, error, busy, send, reset } = useRequest<RedriveResult>();
  const run = (message_ids: readonly string[], dry_run: boolean) => {
    setRequestedIds(message_ids);
    send(async () => {
      const response = await post<RedriveResult>('/api/dead-letters/redrive', { message_ids, dry_run });
      if (!dry_run) onDone();
      return response;
    });
  };
  const open = () => {
    reset();
    run(ids, true);
  };
  /** A started redrive continues; only its response is not awaited. */
  const close = () => {
    reset();
    setRequestedIds(null);
  };
  const ready = result?.dry_run === true && result.redriven.length > 0;
  return (
    <>
      <Button disabled={ids.length === 0} onClick={open}>
        {ids.length === 0 ? 'Redrive the chosen ones' : `Redrive the chosen ones (${ids.length})`}
      </Button>
      <Modal
        visible={requestedIds !== null}
        header="Redrive"
        onDismiss={close}
        footer={
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={close}>{result && !result.dry_run ? 'Close' : 'Cancel'}</Button>
              {ready && (
                <Button variant="primary" loading={busy} onClick={() => requestedIds && run(requestedIds, false)}>
                  {`Send ${formatCount(result.redriven.length, 'message')} back`}
                </Button>
              )}
            </SpaceBetween>
          </Box>
        }
      >
        {!result && !error && <Loading what="the messages (dry run)" />}
        {error && <Alert type="error">{error.message}</Alert>}
        {result && <Result result={result} />}
      </Modal>
    </>
  );
}

const MAX_SHOWN_GROUPS = 10;

function Result({ result: { dry_run, redriven, came_back, not_found, refused } }: { result: RedriveResult }) {
  const groups = [...new Set(redriven.map(({ to_group }) => to_group))];
  const what = formatCount(redriven.length, 'message');
  return (
    <SpaceBetween size="s">
      <Alert type={dry_run ? 'info' : 'success'} header={dry_run ? 'Dry run: nothing was sent' : 'Sent back'}>
        {dry_run
          ? `${what} would go back to the queue, each to its original message group. A message that is still invalid returns to the dead-letter queue.`
          : `${what} went back to the queue with a new deduplication id.`}
      </Alert>
      {came_back > 0 && (
        <Alert type="warning">
          {`${formatCount(came_back, 'message')} returned at once: consumers found them invalid again. Change the consumers first, or purge such messages.`}
        </Alert>
      )}
      {not_found.length > 0 && (
        <Alert type="warning">
          {`${formatCount(not_found.length, 'message')} could not be found any more: they were redriven, or another reader has received them. Read the dead-letter queue again.`}
        </Alert>
      )}
      {refused.map((sentence) => (
        <Alert key={sentence} type="error">
          <span className="clip">{sentence}</span>
        </Alert>
      ))}
      <ul>
        {groups.slice(0, MAX_SHOWN_GROUPS).map((group) => (
          <li key={group} className="clip">
            {group}
          </li>
        ))}
        {groups.length > MAX_SHOWN_GROUPS && <li>{`and ${groups.length - MAX_SHOWN_GROUPS} more groups`}</li>}
      </ul>
    </SpaceBetween>
  );
}
