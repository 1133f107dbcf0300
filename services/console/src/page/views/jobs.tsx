// The view Jobs: the form to start a job, and the list of all jobs.
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ViewLayout } from '../layout.tsx';
import JobsTable from './jobs-table.tsx';
import StartJob from './start-job.tsx';

export default function JobsView() {
  return (
    <ViewLayout title="Jobs" description="A job is one request for movies, numbered from 0.">
      <SpaceBetween size="l">
        <StartJob />
        <JobsTable />
      </SpaceBetween>
    </ViewLayout>
  );
}
