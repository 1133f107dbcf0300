// The events, line by line, scrolled to the newest.
import { useEffect, useRef } from 'react';
import type { TimelineLine } from './timeline-lines.ts';

export function Timeline({ lines, title }: { lines: readonly TimelineLine[]; title: string }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section ref={box} className="timeline" tabIndex={0} aria-label={`What happened: ${title}`}>
      <ol>
        {lines.map((line, index) => (
          <li key={index} className={`happened happened-${line.kind}${line.isFailure ? ' wrong' : ''}`}>
            <span className="when">{`${line.second.toFixed(1)} s`}</span>
            <span className="clip">{line.by === null ? line.text : `${line.by} ${line.text}`}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
