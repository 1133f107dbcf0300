// The explanation of a lesson: five sentences, the deciding line of our code, and AWS's page.
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import type { ShownLesson } from '../../learn-api.ts';
import { Labelled, Section } from '../layout.tsx';
import { follow } from '../router.ts';

export function Explanation({ lesson, next }: { lesson: ShownLesson; next: ShownLesson | undefined }) {
  const { code, excerpt } = lesson;
  return (
    <Section title="What happened, and why">
      <ol className="sentences">
        {lesson.explanation.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
      <Labelled label="The line of our code">
        <Link href={sourceOf(lesson)} target="_blank">
          <span className="clip">{`${code.file}:${excerpt.at}`}</span>
        </Link>
        <Excerpt lesson={lesson} />
      </Labelled>
      <Labelled label="What AWS says">
        <Link href={lesson.page} external externalIconAriaLabel="Opens in a new tab">
          <span className="clip">{lesson.page.replace('https://', '')}</span>
        </Link>
      </Labelled>
      {next !== undefined && (
        <Button href={`/learn/${next.lesson}`} onFollow={follow} iconName="angle-right" iconAlign="right">
          {`Next: ${next.title}`}
        </Button>
      )}
    </Section>
  );
}

/** The URL of the whole file; browsers that support text fragments scroll to the line. */
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
