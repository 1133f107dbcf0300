// The view Movies: a job's movies page by page, or a search. The server reads only what a page shows.
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import type { JobProgress, JobView, MoviesPage } from '../../api.ts';
import { get, useGet } from '../client.ts';
import { ChoiceField } from '../fields.tsx';
import { formatCount, formatNumber, shortId } from '../format.ts';
import { ViewLayout } from '../layout.tsx';
import { useLive } from '../live.ts';
import { Empty, Failed, PageLink } from '../parts.tsx';
import { navigate } from '../router.ts';
import { useRequest } from '../use-request.ts';
import { MoviesTable } from './movies-table.tsx';

const PAGE_SIZE = 50;

export default function MoviesView({ jobId }: { jobId: string | null }) {
  const listed = useLive((live) => live.jobs?.jobs) ?? [];
  const jobs = listed.filter(({ state }) => state !== 'DELETING');
  const chosen = jobId ?? jobs[0]?.job_id ?? null;
  const known = jobs.find(({ job_id }) => job_id === chosen);
  const { data, error, reload } = useGet<JobProgress>(chosen === null || known ? null : `/api/jobs/${chosen}`);
  const job = known ?? data?.job;
  return (
    <ViewLayout title="Movies" description="As they are stored in DynamoDB, by their number in the job.">
      <SpaceBetween size="l">
        {chosen !== null && jobs.length > 0 && (
          <ChoiceField
            label="Job"
            options={jobs.map(optionOf)}
            value={chosen}
            otherLabel={shortId(chosen)}
            onChange={(id) => navigate(`/movies/${id}`)}
          />
        )}
        {error && <Failed error={error} retry={reload} />}
        {job && <Browse key={job.job_id} job={job} />}
        {chosen === null && (
          <Empty title="No jobs yet" action={<Button onClick={() => navigate('/jobs')}>Start a job</Button>}>
            Movies appear here as soon as a consumer stored the first ones.
          </Empty>
        )}
      </SpaceBetween>
    </ViewLayout>
  );
}

const optionOf = (job: JobView) => ({
  value: job.job_id,
  label: `${shortId(job.job_id)}: ${formatCount(job.movies, 'movie')}`,
});

function Browse({ job }: { job: JobView }) {
  const [page, setPage] = useState(1);
  const [search, setSearch] = useState('');
  const [typed, setTyped] = useState('');
  const isBrowsing = search === '';
  const path = `/api/jobs/${job.job_id}/movies?from=${(page - 1) * PAGE_SIZE}&limit=${PAGE_SIZE}`;
  const { data, error, reload, loading } = useGet<MoviesPage>(isBrowsing ? path : null, isBrowsing ? job.percent : 0);
  const searched = useSearch(job.job_id);
  const shown = isBrowsing ? data : searched.page;
  const failure = isBrowsing ? error : searched.error;
  return (
    <SpaceBetween size="s">
      {failure && <Failed error={failure} retry={isBrowsing ? reload : () => searched.start(search)} />}
      <MoviesTable
        movies={shown?.movies ?? []}
        title={
          isBrowsing ? formatCount(job.movies, 'movie') : `Found: ${formatNumber(searched.page?.movies.length ?? 0)}`
        }
        loading={shown === undefined && (loading || searched.busy)}
        filter={
          <TextFilter
            filteringText={typed}
            filteringPlaceholder="Title, actor, director or movie id"
            filteringAriaLabel="Search the movies of this job"
            filteringClearAriaLabel="Clear the search"
            onChange={({ detail }) => setTyped(detail.filteringText)}
            onDelayedChange={({ detail }) => {
              setSearch(detail.filteringText.trim());
              searched.start(detail.filteringText.trim());
            }}
          />
        }
        pagination={
          isBrowsing && (
            <Pagination
              currentPageIndex={page}
              pagesCount={Math.ceil(job.movies / PAGE_SIZE)}
              onChange={({ detail }) => setPage(detail.currentPageIndex)}
            />
          )
        }
        footer={!isBrowsing && <SearchFooter searched={searched} />}
        empty={
          isBrowsing ? (
            <Empty title="These movies are not stored yet">
              They appear as soon as a consumer stored them.{' '}
              <PageLink href={`/jobs/${job.job_id}`}>See the map</PageLink>
            </Empty>
          ) : (
            <Empty title={searched.page?.next === null ? 'No movie matches' : 'Nothing found so far'}>
              {searched.page?.next === null ? 'Try another text' : 'Search on, or try another text'}: a search also
              finds parts of words.
            </Empty>
          )
        }
      />
    </SpaceBetween>
  );
}

type MovieSearch = ReturnType<typeof useSearch>;

function SearchFooter({ searched }: { searched: MovieSearch }) {
  if (searched.page === undefined) return null;
  const { looked_at, total, next } = searched.page;
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <output>{`Looked at ${formatNumber(looked_at)} of ${formatCount(total, 'movie')}.`}</output>
      {next !== null && (
        <Button loading={searched.busy} onClick={searched.more}>
          Search on
        </Button>
      )}
      {next === null && searched.page.movies.length > 0 && <Alert type="success">Those were all.</Alert>}
    </SpaceBetween>
  );
}

/** A search that reads a bounded number of movies at a time and continues on request. */
function useSearch(jobId: string) {
  const [lastSearch, setLastSearch] = useState('');
  const { response: page, error, busy, send, reset } = useRequest<MoviesPage>();
  const read = (search: string, from: number, before?: MoviesPage) =>
    send(async (signal) => {
      const query = new URLSearchParams({ search, from: String(from), limit: '100' });
      const searched = await get<MoviesPage>(`/api/jobs/${jobId}/movies?${query}`, signal);
      const movies = [...(before?.movies ?? []), ...searched.movies];
      return { ...searched, movies, looked_at: (before?.looked_at ?? 0) + searched.looked_at };
    });
  return {
    page,
    error,
    busy,
    start: (search: string) => {
      setLastSearch(search);
      reset();
      if (search !== '') read(search, 0);
    },
    more: () => page && page.next !== null && read(lastSearch, page.next, page),
  };
}
