// The list of jobs, newest first: live for the first page, more on demand.
import Button from '@cloudscape-design/components/button';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { JobsPage, JobView } from '../../api.ts';
import { get } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { formatBytes, formatInstant, formatNumber } from '../format.ts';
import { useLive } from '../live.ts';
import { Empty, JobLink, JobStatus, jobDuration, Loading } from '../parts.tsx';
import { navigate } from '../router.ts';
import { useRequest } from '../use-request.ts';

const COLUMNS: Columns<JobView> = [
  { id: 'id', header: 'Job', isRowHeader: true, cell: (job) => <JobLink jobId={job.job_id} /> },
  { id: 'state', header: 'State', cell: (job) => <JobStatus job={job} /> },
  { id: 'movies', header: 'Movies', cell: (job) => formatNumber(job.movies) },
  {
    id: 'progress',
    // From the job's own item alone: a group counts when it is completely stored. The job's page counts messages.
    header: 'Groups complete',
    minWidth: 140,
    cell: (job) => <ProgressBar value={job.percent} ariaLabel={`Progress of job ${job.job_id.slice(0, 8)}`} />,
  },
  { id: 'started', header: 'Started', cell: (job) => formatInstant(job.started_on) },
  { id: 'took', header: 'Took', cell: jobDuration },
  { id: 'object', header: 'Object', cell: (job) => (job.object_bytes === null ? '–' : formatBytes(job.object_bytes)) },
];
const MAX_COMPACT_ROWS = 5;

export default function JobsTable({ compact = false }: { compact?: boolean }) {
  const live = useLive(({ jobs }) => jobs);
  const older = useOlder();
  if (live === null) return <Loading what="the jobs" />;
  const newest = new Set(live.jobs.map(({ job_id }) => job_id));
  const all = [...live.jobs, ...older.jobs.filter(({ job_id }) => !newest.has(job_id))];
  const next = older.next === undefined ? live.next : older.next;
  return (
    <DataTable
      title={compact ? 'Latest jobs' : 'Jobs'}
      label="Jobs"
      counter={compact || next !== null ? undefined : `(${all.length})`}
      items={compact ? all.slice(0, MAX_COMPACT_ROWS) : all}
      columnDefinitions={COLUMNS}
      trackBy="job_id"
      footer={
        !compact &&
        next !== null && (
          <Button loading={older.busy} onClick={() => older.read(next)}>
            Show older jobs
          </Button>
        )
      }
      empty={
        <Empty title="No jobs yet" action={compact && <Button onClick={() => navigate('/jobs')}>Start a job</Button>}>
          A job appears here as soon as a consumer stored its first movie.
        </Empty>
      }
    />
  );
}

function useOlder() {
  const { response, busy, send } = useRequest<JobsPage>();
  const jobs = response?.jobs ?? [];
  const read = (after: string) =>
    send(async (signal) => {
      const page = await get<JobsPage>(`/api/jobs?after=${encodeURIComponent(after)}`, signal);
      return { ...page, jobs: [...jobs, ...page.jobs] };
    });
  return { jobs, next: response?.next, busy, read };
}
