// Why: five sentences, the line of our code that decides it, and AWS's page.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ShownLesson } from '../../learn-api.ts';
import { follow } from '../router.ts';

interface ExplanationProps {
  readonly lesson: ShownLesson;
  readonly next: ShownLesson | undefined;
}

export function Explanation({ lesson, next }: ExplanationProps) {
  const { code, excerpt } = lesson;
  return (
    <Container header={<Header variant="h2">What happened, and why</Header>}>
      <SpaceBetween size="m">
        <ol className="sentences">
          {lesson.explanation.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
        <div>
          <Box variant="awsui-key-label">The line of our code</Box>
          <Link href={sourceOf(lesson)} target="_blank">
            <span className="clip">{`${code.file}:${excerpt.at}`}</span>
          </Link>
          <Excerpt lesson={lesson} />
        </div>
        <div>
          <Box variant="awsui-key-label">What AWS says</Box>
          <Link href={lesson.page} external externalIconAriaLabel="Opens in a new tab">
            <span className="clip">{lesson.page.replace('https://', '')}</span>
          </Link>
        </div>
        {next !== undefined && (
          <Button href={`/learn/${next.lesson}`} onFollow={follow} iconName="angle-right" iconAlign="right">
            {`Next: ${next.title}`}
          </Button>
        )}
      </SpaceBetween>
    </Container>
  );
}

/** The whole file; browsers that know text fragments go to the line. */
const sourceOf = ({ lesson, code }: ShownLesson): string =>
  `/api/lessons/${lesson}/source#:~:text=${encodeURIComponent(code.line).replaceAll('-', '%2D')}`;

function Excerpt({ lesson: { code, excerpt } }: { lesson: ShownLesson }) {
  const width = String(excerpt.first + excerpt.lines.length).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="excerpt" tabIndex={0} aria-label={`Lines of ${code.file}`}>
      <pre>
        {excerpt.lines.map((line, index) => {
          const number = excerpt.first + index;
          const text = `${String(number).padStart(width)}  ${line}\n`;
          return number === excerpt.at ? <mark key={number}>{text}</mark> : <span key={number}>{text}</span>;
        })}
      </pre>
    </section>
  );
}
