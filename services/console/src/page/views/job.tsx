// The view of a job: its progress, the map of its messages, its object, and its actions.
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import type { JobView as Job, JobProgress } from '../../api.ts';
import { useGet } from '../client.ts';
import { formatBytes, formatCount, formatInstant, formatNumber, shortId } from '../format.ts';
import { Section, ViewLayout } from '../layout.tsx';
import { useLive, useWatchedJob } from '../live.ts';
import { Empty, Failed, JobStatus, jobDuration, Loading, PageLink } from '../parts.tsx';
import { follow } from '../router.ts';
import { JobActions } from './job-actions.tsx';
import { JobMap } from './job-map.tsx';
import { MessageDetails } from './message-details.tsx';

const Consumers = lazy(() => import('./consumers.tsx'));
const TraceSection = lazy(() => import('../trace/waterfall.tsx'));

export default function JobView({ jobId }: { jobId: string }) {
  const live = useLive(({ progress }) => progress);
  const liveProgress = live?.job.job_id.startsWith(jobId) ? live : null;
  const { data, error, reload } = useGet<JobProgress>(`/api/jobs/${jobId}`);
  // The address may contain only the first characters of the id.
  useWatchedJob(data?.job.job_id ?? jobId);
  const progress = liveProgress ?? data ?? null;
  const isMissing = progress === null && error;
  return (
    <ViewLayout
      title={`Job ${shortId(jobId)}`}
      actions={progress && <JobActions job={progress.job} onChanged={reload} />}
      breadcrumbs={
        <BreadcrumbGroup
          items={[
            { text: 'Jobs', href: '/jobs' },
            { text: shortId(jobId), href: `/jobs/${jobId}` },
          ]}
          onFollow={follow}
        />
      }
    >
      {isMissing && error.status === 404 && (
        <SpaceBetween size="l">
          <MissingJob />
          <JobConsumers />
        </SpaceBetween>
      )}
      {isMissing && error.status !== 404 && <Failed error={error} retry={reload} />}
      {progress ? <JobContent progress={progress} /> : !isMissing && <Loading what="the job" />}
    </ViewLayout>
  );
}

const MissingJob = () => (
  <Container>
    <Empty title="This job is not in the table (yet)">
      A job appears with its first stored movie, and this page shows it then. Consumers have to run for that:{' '}
      <PageLink href="/">Overview</PageLink> shows how many messages wait. Or compare the id with the list of jobs:{' '}
      <PageLink href="/jobs">Jobs</PageLink>
    </Empty>
  </Container>
);

/** The consumers, above the map, so that the effect of killing one is visible there. */
function JobConsumers() {
  const overview = useLive((live) => live.overview);
  return (
    <Suspense fallback={<Loading what="the consumers" />}>
      {overview ? <Consumers overview={overview} compact /> : <Loading what="the consumers" />}
    </Suspense>
  );
}

function JobContent({ progress }: { progress: JobProgress }) {
  const [picked, setPicked] = useState<number | null>(null);
  return (
    <SpaceBetween size="l">
      <Facts progress={progress} />
      <JobConsumers />
      <JobMap progress={progress} onPick={setPicked} />
      {picked !== null && (
        <MessageDetails
          key={picked}
          job={progress.job}
          number={picked}
          version={progress.version}
          onClose={() => setPicked(null)}
        />
      )}
      <Suspense>
        <TraceSection jobId={progress.job.job_id} version={`${progress.version} ${progress.job.state}`} />
      </Suspense>
    </SpaceBetween>
  );
}

function Facts({ progress }: { progress: JobProgress }) {
  const { job, stored_messages, exact, dead_messages, in_flight_messages, undeleted_messages } = progress;
  const share = Math.floor((100 * stored_messages) / job.messages);
  const others = [
    in_flight_messages !== null && in_flight_messages > 0 && `${formatNumber(in_flight_messages)} in flight`,
    undeleted_messages !== null &&
      undeleted_messages > 0 &&
      `${formatNumber(undeleted_messages)} stored and not yet deleted`,
    dead_messages > 0 && `${formatNumber(dead_messages)} dead-lettered`,
  ].filter(Boolean);
  return (
    <Section title="Progress">
      <ProgressBar
        value={job.state === 'COMPLETE' ? 100 : share}
        label="Stored"
        description={[
          `${exact ? '' : 'at least '}${formatNumber(stored_messages)} of ${formatCount(job.messages, 'message')}`,
          ...others,
        ].join(', ')}
        additionalInfo={job.why || undefined}
      />
      <KeyValuePairs columns={4} minColumnWidth={150} items={factsOf(job)} />
    </Section>
  );
}

function factsOf(job: Job) {
  return [
    { label: 'State', value: <JobStatus job={job} /> },
    {
      label: 'Movies',
      value: <PageLink href={`/movies/${job.job_id}`}>{formatCount(job.movies, 'movie')}</PageLink>,
    },
    { label: 'Packing', value: `${formatCount(job.movies_per_message, 'movie')} a message, seed ${job.seed}` },
    { label: 'Message groups', value: formatNumber(job.groups) },
    { label: 'Started', value: formatInstant(job.started_on) },
    { label: 'Took', value: jobDuration(job) },
    {
      label: 'Object',
      value: job.object_key ? <ObjectLink job={job} /> : <Box color="text-body-secondary">when it is complete</Box>,
    },
    {
      label: 'Job id and plan token',
      value: (
        <SpaceBetween size="xxs" direction="horizontal">
          <Copy text={job.job_id} what="job id" />
          <Copy text={job.plan_token} what="plan token" />
        </SpaceBetween>
      ),
    },
  ];
}

const ObjectLink = ({ job }: { job: Job }) => (
  <Button
    variant="inline-link"
    iconName="download"
    href={`/api/jobs/${job.job_id}/object`}
    download={job.object_key ?? true}
  >
    {`Download ${job.object_bytes === null ? '' : formatBytes(job.object_bytes)}`}
  </Button>
);

const Copy = ({ text, what }: { text: string; what: string }) => (
  <CopyToClipboard
    variant="icon"
    textToCopy={text}
    copyButtonAriaLabel={`Copy the ${what}`}
    copySuccessText={`The ${what} is copied.`}
    copyErrorText={`The ${what} could not be copied.`}
  />
);
