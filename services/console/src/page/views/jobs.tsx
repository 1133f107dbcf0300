// Jobs: start one, and the list of all.
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import JobsTable from './jobs-table.tsx';
import StartJob from './start-job.tsx';

export default function JobsView() {
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="A job is one request for movies, numbered from 0.">
          Jobs
        </Header>
      }
    >
      <SpaceBetween size="l">
        <StartJob />
        <JobsTable />
      </SpaceBetween>
    </ContentLayout>
  );
}
