// `movie-load clock`: shows the time of the embedded AWS, or moves it forward.
import { clockSchema } from '@movie-load/operations/lab';
import { type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { endpointSettings } from '../endpoint.ts';
import { formatDuration } from '../format.ts';
import { openLab } from '../lab.ts';
import { wholeNumber } from '../options.ts';
import { printResult } from '../output.ts';

interface ClockOptions extends CommonOptions {
  readonly forward?: string;
  readonly seconds?: string;
}

export const addTo = defineCommand('clock', {
  about: 'Show the clock of the embedded AWS (`up --lab`), or move it forward.',
  options: [
    ['--forward <minutes>', 'move the clock forward by this number of minutes'],
    ['--seconds <n>', 'move the clock forward by this number of seconds, in addition'],
    jsonOption,
  ],
  examples: ['npm run movie-load -- clock', 'npm run movie-load -- clock --forward 5'],
  run: clock,
});

const MAX_MINUTES = 60 * 24 * 60;

async function clock(options: ClockOptions): Promise<number> {
  const minutes = options.forward === undefined ? 0 : wholeNumber('--forward', options.forward, 1, MAX_MINUTES);
  const seconds = options.seconds === undefined ? 0 : wholeNumber('--seconds', options.seconds, 1, 60 * MAX_MINUTES);
  const forward_ms = (60 * minutes + seconds) * 1000;
  const callLab = await openLab(await endpointSettings({}), 'has a clock that can be moved');
  const request = forward_ms === 0 ? {} : { method: 'POST' as const, body: { forward_ms } };
  const time = await callLab('clock', clockSchema, request);
  return printResult(options, time, () => {
    const aheadText =
      time.offset_ms === 0 ? 'as this machine’s clock' : `${formatDuration(time.offset_ms)} ahead of this machine`;
    return `${time.now}  ${aheadText}`;
  });
}
