// `movie-load faults add`: adds one rule from options, rules from JSON, or the rules of a preset.
import { rulesSchema } from '@movie-load/operations/lab';
import { UsageError } from '@movie-load/schema';
import { type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { endpointSettings } from '../../endpoint.ts';
import { openLab } from '../../lab.ts';
import { wholeNumber } from '../../options.ts';
import { printResult } from '../../output.ts';
import { rulesTable } from './rules.ts';

interface AddOptions extends CommonOptions {
  readonly preset?: string;
  readonly delay?: string;
  readonly fault?: string;
  readonly when?: string;
  readonly entries?: string;
  readonly times?: string;
  readonly probability?: string;
}

export const addAdd = defineCommand('add [operation]', {
  about: 'Add a rule for an operation, such as sqs:SendMessage, s3:* or *; or rules in JSON instead of an operation.',
  options: [
    ['--preset <name>', 'the rules of a preset, instead of an operation; `faults ls` lists them'],
    ['--delay <ms>', 'delay the call by this number of milliseconds'],
    ['--fault <kind>', 'error, throttle, reset, unprocessed (DynamoDB batches) or refuse_entries (SQS batches)'],
    ['--when <moment>', 'for error and reset: before (the default) or after the call takes effect'],
    ['--entries <n>', 'for unprocessed and refuse_entries: number of failed entries per batch'],
    ['--times <n>', 'number of calls that the rule affects (default: all)'],
    ['--probability <p>', 'share of calls that the rule affects, over 0 and at most 1 (default: 1)'],
    jsonOption,
  ],
  examples: [
    'npm run movie-load -- faults add dynamodb:UpdateItem --fault reset --when after --times 1',
    'npm run movie-load -- faults add s3:* --delay 400',
    'npm run movie-load -- faults add --preset lost-answers',
  ],
  run: add,
});

async function add(operation: string | undefined, options: AddOptions): Promise<number> {
  const body = ruleRequest(operation, options);
  const callLab = await openLab(await endpointSettings({}), 'has faults on demand');
  const { rules } = await callLab('faults', rulesSchema, { method: 'POST', body });
  return printResult(options, { rules }, () => rulesTable(rules));
}

const MAX_NUMBER = 1_000_000;

/** The body of the request. It has the values of --fault and --when as they are typed: the lab validates them. */
function ruleRequest(operation: string | undefined, options: AddOptions): unknown {
  const { preset, delay, fault, when, entries, times, probability } = options;
  if ((operation === undefined) === (preset === undefined)) {
    throw new UsageError('Name either an operation (sqs:SendMessage, s3:*) or a preset (--preset lost-answers).');
  }
  const isJson = operation?.startsWith('{') || operation?.startsWith('[');
  if (preset !== undefined || isJson) refuseOtherOptions(options, isJson ? 'Rules in JSON define' : 'A preset defines');
  if (preset !== undefined) return { preset };
  if (operation !== undefined && isJson) return parseJson(operation);
  return {
    operation,
    ...(delay !== undefined && { delay_ms: wholeNumber('--delay', delay, 1, MAX_NUMBER) }),
    ...(fault !== undefined && { fault }),
    ...(when !== undefined && { when }),
    ...(entries !== undefined && { entries: wholeNumber('--entries', entries, 1, MAX_NUMBER) }),
    ...(times !== undefined && { times: wholeNumber('--times', times, 1, MAX_NUMBER) }),
    ...(probability !== undefined && { probability: parseProbability(probability) }),
  };
}

/** Throws `UsageError` for an option that would be ignored, because the rule would not do what its author expects. */
function refuseOtherOptions(options: AddOptions, source: string): void {
  const { preset: _, json: __, ...otherOptions } = options;
  const [ignored] = Object.keys(otherOptions);
  if (ignored === undefined) return;
  throw new UsageError(`${source} the whole rule: leave out --${ignored}.`);
}

/** Text that is not a number is passed on unchanged, so that the lab's error shows it. */
function parseProbability(text: string): number | string {
  const probability = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(probability) ? text : probability;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      'The rule is not JSON. One looks like \'{"operation": "sqs:SendMessage", "fault": "reset", "times": 1}\'.',
      { cause },
    );
  }
}
