// The view Learn: the list of lessons, and one lesson.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { LessonsView, ShownLesson } from '../../learn-api.ts';
import { useGet } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { ViewLayout } from '../layout.tsx';
import { Empty, Failed, Loading, PageLink } from '../parts.tsx';
import { LessonView } from './lesson.tsx';
import { type DoneLesson, forgetLessons, useProgress } from './progress.ts';
import './learn.css';

export default function LearnView({ lesson }: { lesson: number | null }) {
  const { data, error, reload } = useGet<LessonsView>('/api/lessons');
  // The console cannot run lessons, e.g. because `up` did not start it. The message says how to run them.
  if (error?.status === 409) return <NoLessonsHere>{error.message}</NoLessonsHere>;
  if (error) return <Failed error={error} retry={reload} />;
  if (data === undefined) return <Loading what="the lessons" />;
  if (lesson === null) return <Lessons lessons={data.lessons} />;
  const current = data.lessons.find((candidate) => candidate.lesson === lesson);
  const next = data.lessons.find((candidate) => candidate.lesson === lesson + 1);
  if (current !== undefined) return <LessonView key={lesson} lesson={current} next={next} />;
  return (
    <Box padding="l">
      <h1>There is no such lesson</h1>
      <PageLink href="/learn">All lessons</PageLink>
    </Box>
  );
}

const LearnFrame = ({ children }: { children: ReactNode }) => (
  <ViewLayout
    title="Learn"
    description="Each lesson asks first. Then it runs: the real consumer on its own embedded AWS, with a clock that the lesson moves. You see what happens, and why."
  >
    {children}
  </ViewLayout>
);

const NoLessonsHere = ({ children }: { children: string }) => (
  <LearnFrame>
    <Container>
      <Empty title="Lessons run on your machine">{children}</Empty>
    </Container>
  </LearnFrame>
);

interface Row {
  readonly lesson: ShownLesson;
  readonly done: DoneLesson | undefined;
}

const COLUMNS: Columns<Row> = [
  {
    id: 'lesson',
    header: 'Lesson',
    isRowHeader: true,
    cell: ({ lesson }) => <PageLink href={`/learn/${lesson.lesson}`}>{`${lesson.lesson}. ${lesson.title}`}</PageLink>,
  },
  { id: 'done', header: 'Done', cell: ({ done }) => <DoneCell done={done} /> },
  { id: 'rule', header: 'A rule to break', cell: ({ lesson }) => (lesson.broken === null ? '–' : 'yes') },
];

function DoneCell({ done }: { done: DoneLesson | undefined }) {
  if (done === undefined) return '–';
  return <StatusIndicator type={done.right ? 'success' : 'info'}>{done.right ? 'Right' : 'Run'}</StatusIndicator>;
}

function Lessons({ lessons }: { lessons: readonly ShownLesson[] }) {
  const progress = useProgress();
  const rows = lessons.map((lesson) => ({ lesson, done: progress[lesson.lesson] }));
  const done = rows.filter((row) => row.done !== undefined).length;
  return (
    <LearnFrame>
      <DataTable
        items={rows}
        columnDefinitions={COLUMNS}
        trackBy={({ lesson }) => String(lesson.lesson)}
        wrapLines
        title="Lessons"
        counter={`(${done} of ${rows.length} done)`}
        actions={done > 0 && <Button onClick={forgetLessons}>Start over</Button>}
        footer={
          done === rows.length && (
            <Alert type="success">
              All lessons are done. The view Lab has faults and a queue for your own experiments.
            </Alert>
          )
        }
      />
    </LearnFrame>
  );
}
