// A lesson: choose an answer, watch the run, read its measurements and the explanation, then run it with a rule broken.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import type { Letter, ShownLesson } from '../../learn-api.ts';
import { Labelled, Section, ViewLayout } from '../layout.tsx';
import { follow } from '../router.ts';
import { BreakIt } from './break-it.tsx';
import { Explanation } from './explanation.tsx';
import { Outcome } from './outcome.tsx';
import { recordDone } from './progress.ts';
import { RunPanel } from './run-panel.tsx';
import { useRun } from './use-run.ts';

const isLetter = (text: string): text is Letter => text === 'a' || text === 'b' || text === 'c';

export function LessonView({ lesson, next }: { lesson: ShownLesson; next: ShownLesson | undefined }) {
  const [chosen, setChosen] = useState<Letter | null>(null);
  /** The learner has watched the run to its end; until then, the result is not shown. */
  const [isWatched, setWatched] = useState(false);
  const { run, start } = useRun(lesson.lesson);
  const begin = async (kind: 'lesson' | 'without_cause') => {
    setWatched(false);
    await start(kind);
  };
  const onEnd = () => {
    setWatched(true);
    if (run?.kind === 'lesson' && run.result !== null && chosen !== null) {
      recordDone(lesson.lesson, { chosen, right: chosen === run.result.shown });
    }
  };
  return (
    <ViewLayout
      title={`${lesson.lesson}. ${lesson.title}`}
      breadcrumbs={
        <BreadcrumbGroup
          items={[
            { text: 'Learn', href: '/learn' },
            { text: lesson.title, href: `/learn/${lesson.lesson}` },
          ]}
          onFollow={follow}
        />
      }
    >
      <SpaceBetween size="l">
        <div className="lesson">
          <Question lesson={lesson} chosen={chosen} onChoose={setChosen} isFixed={run !== null}>
            <Button
              variant="primary"
              disabled={chosen === null}
              disabledReason="Choose an answer first."
              loading={run?.state === 'running'}
              onClick={() => void begin('lesson')}
            >
              {run === null ? 'Run it' : 'Run it again'}
            </Button>
            {isWatched && (
              <Button loading={run?.state === 'running'} onClick={() => void begin('without_cause')}>
                Run it without its cause
              </Button>
            )}
          </Question>
          <div>
            {run === null ? (
              <RunPlaceholder />
            ) : (
              <RunPanel key={run.id} title="The run" run={run} name="lesson" onEnd={onEnd} />
            )}
          </div>
        </div>
        {run?.state === 'failed' && <Alert type="error">{run.error}</Alert>}
        {isWatched && run !== null && run.result !== null && (
          <Outcome lesson={lesson} result={run.result} chosen={chosen} withCause={run.kind === 'lesson'} />
        )}
        {isWatched && run?.kind === 'lesson' && <Explanation lesson={lesson} next={next} />}
        {isWatched && lesson.broken !== null && <BreakIt lesson={lesson.lesson} rule={lesson.broken} />}
      </SpaceBetween>
    </ViewLayout>
  );
}

interface QuestionProps {
  readonly lesson: ShownLesson;
  readonly chosen: Letter | null;
  readonly onChoose: (letter: Letter) => void;
  /** The lesson was started, so that the learner cannot change the answer. */
  readonly isFixed: boolean;
  readonly children: ReactNode;
}

function Question({ lesson, chosen, onChoose, isFixed, children }: QuestionProps) {
  return (
    <Section title="What do you think?">
      <FormField label={lesson.question} stretch>
        <RadioGroup
          value={chosen}
          ariaRequired
          readOnly={isFixed}
          items={Object.entries(lesson.answers).map(([value, label]) => ({ value, label: `${value}) ${label}` }))}
          onChange={({ detail }) => isLetter(detail.value) && onChoose(detail.value)}
        />
      </FormField>
      <SpaceBetween size="xs" direction="horizontal">
        {children}
      </SpaceBetween>
      <Labelled label="What is set up">{lesson.setUp}</Labelled>
      <Labelled label="Look at">{lesson.look}</Labelled>
    </Section>
  );
}

const RunPlaceholder = () => (
  <Section title="The run">
    <Box color="text-body-secondary">
      Choose an answer, then run it. Here you will see the state of each message, the counts, and the events.
    </Box>
  </Section>
);
