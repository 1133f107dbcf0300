// The output of `up`: all addresses, and what to paste into another shell.
import { type AwsSettings, EMULATOR_ENVIRONMENT } from '@movie-load/aws';

export interface UpView {
  readonly settings: AwsSettings;
  readonly consumers: number;
  /** Undefined when the service does not run. */
  readonly pageUrl?: string | undefined;
  readonly producerUrl?: string | undefined;
  /** True if `up` runs with --lab: faults, clock and message history are available. */
  readonly hasLab?: boolean | undefined;
}

/**
 * Variables that would direct commands or the AWS CLI to another endpoint or account. Those of this shell are probably
 * set in the other one, too.
 */
const MISDIRECTING =
  /^(AWS_(ENDPOINT_URL_\w+|IGNORE_CONFIGURED_ENDPOINT_URLS|SESSION_TOKEN|PROFILE|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT)|MOVIE_LOAD_TRUST_ENDPOINT)$/;

const variablesToUnset = (env: NodeJS.ProcessEnv): string[] =>
  Object.keys(env)
    .filter((name) => MISDIRECTING.test(name) && env[name])
    .toSorted();

/** @example upLines({ settings, consumers: 0 }) */
export function upLines({ settings, consumers, pageUrl, producerUrl, hasLab = false }: UpView): string[] {
  const { endpoint, queue, dlq, table, bucket } = settings;
  const services = [
    `Page          ${pageUrl ?? 'did not start'}`,
    `Producer      ${producerUrl === undefined ? 'did not start' : `${producerUrl}  (POST /jobs)`}`,
    `Consumers     ${consumers}${consumers === 0 ? '  (add one in the page, or by movie-load consume)' : ''}`,
  ];
  const unset = variablesToUnset(process.env);
  const next = consumers === 0 ? ['npm run movie-load -- consume'] : [];
  return [
    `Embedded AWS  ${endpoint}  (${[queue, dlq, table, bucket].join(', ')})`,
    ...services,
    ...(hasLab ? ['Lab           faults, clock and message history, for this user alone'] : []),
    '',
    'Paste this into another shell:',
    ...(unset.length > 0 ? [`  unset ${unset.join(' ')}`] : []),
    `  export AWS_ENDPOINT_URL=${endpoint}`,
    ...Object.entries(EMULATOR_ENVIRONMENT).map(([name, value]) => `  export ${name}=${value}`),
    // Version 1 of the AWS CLI reads only this variable.
    `  export AWS_DEFAULT_REGION=${EMULATOR_ENVIRONMENT.AWS_REGION}`,
    '',
    'and then, for example:',
    '  npm run movie-load -- produce --movies 1000',
    ...(hasLab ? ['  npm run movie-load -- faults ls'] : []),
    ...next.map((line) => `  ${line}`),
    // Uses the option because the AWS CLI reads the variable only from 2.13 on: an older one would call AWS itself.
    '  aws --endpoint-url "$AWS_ENDPOINT_URL" sqs list-queues',
    '',
    'Ctrl-C stops everything and deletes the data.',
  ];
}
