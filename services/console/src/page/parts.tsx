// Small parts of every view: what is shown while loading, for no data, and after a failure.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { JobView } from '../api.ts';
import type { Loaded, RequestError } from './client.ts';
import { formatDuration, shortId } from './format.ts';
import { follow } from './router.ts';

export function PageLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} onFollow={follow}>
      {children}
    </Link>
  );
}

export const JobLink = ({ jobId }: { jobId: string }) => <PageLink href={`/jobs/${jobId}`}>{shortId(jobId)}</PageLink>;

export const Loading = ({ what }: { what: string }) => (
  <Box padding="l" textAlign="center">
    <StatusIndicator type="loading">{`Reading ${what}`}</StatusIndicator>
  </Box>
);

interface ReadProps<T> {
  readonly from: Loaded<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** Shows the data, or older data while the newest cannot be read; before the first data, that it is loading. */
export const Read = <T,>({ from: { data, error, reload }, what, children }: ReadProps<T>) => (
  <SpaceBetween size="m">
    {error && <Failed error={error} retry={reload} />}
    {data !== undefined ? children(data) : !error && <Loading what={what} />}
  </SpaceBetween>
);

export function Failed({ error, retry }: { error: RequestError; retry: () => void }) {
  return (
    <Alert type="error" header="That did not work" action={<Button onClick={retry}>Try again</Button>}>
      {error.message}
    </Alert>
  );
}

/** Shown for no data: what that means, and what to do. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Box textAlign="center" padding="m">
      <SpaceBetween size="xs">
        <Box variant="strong">{title}</Box>
        <Box variant="p" color="text-body-secondary">
          {children}
        </Box>
        {action}
      </SpaceBetween>
    </Box>
  );
}

const STATES: Record<JobView['state'], { type: 'success' | 'in-progress' | 'pending' | 'warning'; text: string }> = {
  COMPLETE: { type: 'success', text: 'Complete' },
  RUNNING: { type: 'in-progress', text: 'Running' },
  waiting: { type: 'pending', text: 'Waiting' },
  stalled: { type: 'warning', text: 'Stalled' },
  DELETING: { type: 'pending', text: 'Deleting' },
};

export function JobStatus({ job }: { job: Pick<JobView, 'state'> }) {
  const { type, text } = STATES[job.state];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

/** How long a job took, or has been running. */
export const jobDuration = ({ took_ms, state }: JobView): string => {
  if (state === 'DELETING') return '–';
  return state === 'COMPLETE' ? formatDuration(took_ms) : `${formatDuration(took_ms)} so far`;
};
