// The controls of a player: a slider, play and pause, one event back or forward, to the end.
import './player.css';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Playback } from './use-playback.ts';

interface PlayerProps {
  readonly playback: Playback;
  /** Label of the slider. */
  readonly label: string;
  /** The slider's position in words. */
  readonly caption?: string;
  /** What this player plays, if a view has several players. */
  readonly title?: string;
  /** Further buttons. */
  readonly children?: ReactNode;
}

export function Player({ playback, label, caption, title, children }: PlayerProps) {
  const { position, last, isPlaying, play, goTo } = playback;
  const name = (text: string) => (title === undefined ? text : `${text}: ${title}`);
  return (
    <div className="player">
      <input
        type="range"
        min={0}
        max={last}
        value={position}
        aria-label={name(label)}
        aria-valuetext={caption}
        onChange={({ target }) => goTo(Number(target.value))}
        data-testid="scrubber"
      />
      <SpaceBetween size="xs" direction="horizontal">
        {/* One button with two faces, so that it keeps the focus. */}
        <Button
          iconName={isPlaying ? 'pause' : 'play'}
          ariaLabel={name(isPlaying ? 'Pause' : 'Play')}
          onClick={isPlaying ? () => goTo(position) : play}
        />
        <Button
          iconName="angle-left"
          ariaLabel={name('Previous event')}
          disabled={position === 0}
          onClick={() => goTo(position - 1)}
        />
        <Button
          iconName="angle-right"
          ariaLabel={name('Next event')}
          disabled={position === last}
          onClick={() => goTo(position + 1)}
        />
        <Button
          iconName="angle-right-double"
          ariaLabel={name('To the end')}
          disabled={position === last}
          onClick={() => goTo(last)}
        />
        {children}
      </SpaceBetween>
    </div>
  );
}
