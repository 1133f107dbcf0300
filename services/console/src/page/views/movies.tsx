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
import { count, counted, shortId } from '../format.ts';
import { ViewLayout } from '../layout.tsx';
import { useLive } from '../live.ts';
import { Empty, Failed, PageLink } from '../parts.tsx';
import { navigate } from '../router.ts';
import { useAsk } from '../use-ask.ts';
import { MoviesTable } from './movies-table.tsx';

const PAGE = 50;

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
  label: `${shortId(job.job_id)}: ${counted(job.movies, 'movie')}`,
});

function Browse({ job }: { job: JobView }) {
  const [page, setPage] = useState(1);
  const [search, setSearch] = useState('');
  const [typed, setTyped] = useState('');
  const browsing = search === '';
  const path = `/api/jobs/${job.job_id}/movies?from=${(page - 1) * PAGE}&limit=${PAGE}`;
  const { data, error, reload, loading } = useGet<MoviesPage>(browsing ? path : null, browsing ? job.percent : 0);
  const found = useSearch(job.job_id);
  const shown = browsing ? data : found.page;
  const failure = browsing ? error : found.error;
  return (
    <SpaceBetween size="s">
      {failure && <Failed error={failure} retry={browsing ? reload : () => found.start(search)} />}
      <MoviesTable
        movies={shown?.movies ?? []}
        title={browsing ? counted(job.movies, 'movie') : `Found: ${count(found.page?.movies.length ?? 0)}`}
        loading={shown === undefined && (loading || found.busy)}
        filter={
          <TextFilter
            filteringText={typed}
            filteringPlaceholder="Title, actor, director or movie id"
            filteringAriaLabel="Search the movies of this job"
            filteringClearAriaLabel="Clear the search"
            onChange={({ detail }) => setTyped(detail.filteringText)}
            onDelayedChange={({ detail }) => {
              setSearch(detail.filteringText.trim());
              found.start(detail.filteringText.trim());
            }}
          />
        }
        pagination={
          browsing && (
            <Pagination
              currentPageIndex={page}
              pagesCount={Math.ceil(job.movies / PAGE)}
              onChange={({ detail }) => setPage(detail.currentPageIndex)}
            />
          )
        }
        footer={!browsing && <SearchFoot found={found} />}
        empty={
          browsing ? (
            <Empty title="These movies are not stored yet">
              They appear as soon as a consumer stored them.{' '}
              <PageLink href={`/jobs/${job.job_id}`}>See the map</PageLink>
            </Empty>
          ) : (
            <Empty title={found.page?.next === null ? 'No movie matches' : 'Nothing found so far'}>
              {found.page?.next === null ? 'Try another word' : 'Search on, or try another word'}: every part of a text
              counts.
            </Empty>
          )
        }
      />
    </SpaceBetween>
  );
}

type Found = ReturnType<typeof useSearch>;

function SearchFoot({ found }: { found: Found }) {
  if (found.page === undefined) return null;
  const { looked_at, total, next } = found.page;
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <output>{`Looked at ${count(looked_at)} of ${counted(total, 'movie')}.`}</output>
      {next !== null && (
        <Button loading={found.busy} onClick={found.more}>
          Search on
        </Button>
      )}
      {next === null && found.page.movies.length > 0 && <Alert type="success">Those were all.</Alert>}
    </SpaceBetween>
  );
}

/** A search that reads a bounded number of movies at a time and continues on request. */
function useSearch(jobId: string) {
  const [words, setWords] = useState('');
  const { answer: page, error, busy, ask, forget } = useAsk<MoviesPage>();
  const read = (search: string, from: number, before?: MoviesPage) =>
    ask(async (signal) => {
      const query = new URLSearchParams({ search, from: String(from), limit: '100' });
      const found = await get<MoviesPage>(`/api/jobs/${jobId}/movies?${query}`, signal);
      const movies = [...(before?.movies ?? []), ...found.movies];
      return { ...found, movies, looked_at: (before?.looked_at ?? 0) + found.looked_at };
    });
  return {
    page,
    error,
    busy,
    start: (search: string) => {
      setWords(search);
      forget();
      if (search !== '') read(search, 0);
    },
    more: () => page && page.next !== null && read(words, page.next, page),
  };
}
