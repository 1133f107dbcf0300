// The measurements of a run, and whether the learner's answer was right.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { LessonRun, Letter, Measured, ShownLesson } from '../../learn-api.ts';

interface OutcomeProps {
  readonly lesson: ShownLesson;
  readonly result: LessonRun;
  readonly chosen: Letter | null;
  readonly withCause: boolean;
}

export function Outcome({ lesson, result, chosen, withCause }: OutcomeProps) {
  const { shown, right } = result;
  const isRight = withCause && shown === right && chosen === right;
  return (
    <div role="status" data-testid="outcome">
      <Alert type={isRight ? 'success' : 'info'} header={verdictOf(result, chosen, withCause)}>
        <SpaceBetween size="xs">
          {!withCause && <Box>{`Without its cause: ${lesson.cause}`}</Box>}
          {shown !== null && <Box>{`${shown}) ${lesson.answers[shown]}`}</Box>}
          <Box>{`The run measured: ${measuredText(result.measured)}. It took ${result.seconds} s of real time.`}</Box>
        </SpaceBetween>
      </Alert>
    </div>
  );
}

function verdictOf({ shown, right }: LessonRun, chosen: Letter | null, withCause: boolean): string {
  if (!withCause) return `Without its cause the run showed ${shown ?? 'none of the answers'}; with it, it is ${right}.`;
  if (shown !== right) return `The run showed ${shown ?? 'none of the answers'}, not ${right}: this lesson has a bug.`;
  return chosen === right ? `Right: it is ${right}.` : `You said ${chosen}; it is ${right}.`;
}

/** @example measuredText({ in_file: 10, chart: […] }) // 'in file 10' */
export const measuredText = (measured: Measured): string =>
  Object.entries(measured)
    .filter(([, value]) => !Array.isArray(value))
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${valueText(value)}`)
    .join(', ');

function valueText(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value !== 'object') return String(value);
  return `(${Object.entries(value)
    .map(([name, part]) => `${name.replaceAll('_', ' ')} ${String(part)}`)
    .join(', ')})`;
}
