// Play, pause, step, to the end, and a slider over the run.
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Playback } from './use-playback.ts';

interface PlayerProps {
  readonly playback: Playback;
  readonly total: number;
  readonly title: string;
}

export function Player({ playback, total, title }: PlayerProps) {
  const { shown, isPlaying, play, pause, goTo } = playback;
  const of = `: ${title}`;
  return (
    <div className="player">
      <SpaceBetween size="xs" direction="horizontal">
        {isPlaying ? (
          <Button iconName="pause" ariaLabel={`Pause${of}`} onClick={pause} />
        ) : (
          <Button iconName="play" ariaLabel={`Play${of}`} onClick={play} />
        )}
        <Button
          iconName="caret-right-filled"
          ariaLabel={`One step${of}`}
          onClick={() => goTo(Math.min(total, shown + 1))}
        />
        <Button iconName="angle-right-double" ariaLabel={`To the end${of}`} onClick={() => goTo(total)} />
      </SpaceBetween>
      <input
        type="range"
        min={0}
        max={total}
        value={shown}
        aria-label={`What has happened so far${of}`}
        onChange={(event) => goTo(Number(event.target.value))}
      />
    </div>
  );
}
