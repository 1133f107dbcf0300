// Formats the capacity that a job needs, for people.
import type { Capacity } from '@movie-load/queue/capacity';
import { formatBytes, formatNumber } from '../../format.ts';
import { bold, tableOf } from '../../output.ts';

/** A quota is too low when its used share is larger. Not exactly 1, so that rounding errors do not count. */
const MAX_SHARE = 1 + 1e-9;

/** The size of the job and its time limit. */
export const headingText = ({ movies, within_seconds }: Capacity): string =>
  bold(`${formatNumber(movies)} movies within ${formatTime(within_seconds)}, on AWS in us-east-1`);

/** One paragraph of the output. */
export function capacityText(capacity: Capacity): string {
  const { replicas, replica, seconds, object, price, shortest } = capacity;
  const usd = price.aws_calls_usd + price.compute_usd;
  return [
    ...verdictLines(capacity),
    `  replicas      ${formatNumber(replicas)} of ${replica.vcpus} vCPU and ${replica.gigabytes} GB, which use ${formatPercent(replica.cpu_share)} of the CPU and ${replica.used_mb} MB`,
    `  done after    ${formatTime(seconds)}, from the first send to COMPLETE (${formatRate(capacity.movies / seconds)} movies/s)`,
    `  shortest      ${shortestText(shortest)}`,
    `  object        ${formatBytes(object.bytes)} in ${formatNumber(object.parts)} ${object.parts === 1 ? 'part' : 'parts'}, from ${formatNumber(capacity.message_groups)} message groups`,
    `  price         ${formatDollars(usd)}: ${formatDollars(price.aws_calls_usd)} for AWS calls, ${formatDollars(price.compute_usd)} for compute (Fargate on ARM, on demand)`,
    ...callLines(capacity.calls_per_second),
    '',
    ...quotaTable(capacity),
    '',
    ...adviceLines(capacity),
  ].join('\n');
}

function shortestText({ with_default_quotas, with_raised_quotas }: Capacity['shortest']): string {
  const [byDefault, raised] = [formatTime(with_default_quotas.seconds), formatTime(with_raised_quotas.seconds)];
  // Equal if the limit is not a quota that can be raised, for example the speed of one producer.
  if (byDefault === raised) return `${raised}, with default quotas and with raised ones`;
  return `${byDefault} with default quotas, ${raised} with raised ones`;
}

/** The limit that is reached first, and all others that are too low. */
function adviceLines({ quotas, breaks_first }: Capacity): string[] {
  return quotas
    .filter(({ name, share }) => share > MAX_SHARE || name === breaks_first)
    .toSorted((one, other) => other.share - one.share)
    .flatMap(({ name, raise }) => [
      `  ${name === breaks_first ? 'breaks first' : 'too little  '}  ${name}`,
      `                ${raise ?? 'it cannot be raised'}`,
    ]);
}

/** The assumptions and measurements behind the numbers. */
export const sourceText = ({ measured_on, as_of, price }: Capacity): string =>
  [
    `Speed: measured ${measured_on} (docs/performance.md). Quotas and list prices: ${price.region}, ${as_of}.`,
    'The replicas run from the beginning: scaling out from a few takes minutes (docs/aws.md).',
  ].join('\n');

const packingText = ({ movies_per_message: count }: Capacity): string =>
  count === 1 ? 'one movie a message' : `${formatNumber(count)} movies a message`;

function verdictLines(capacity: Capacity): string[] {
  const { verdict, quotas, shortest, within_seconds } = capacity;
  const heading = (text: string) => bold(`${packingText(capacity)}: ${text}`);
  if (verdict === 'possible') return [heading('possible with default quotas')];
  if (verdict === 'after_raising') {
    const missing = quotas.filter(({ share }) => share > MAX_SHARE).length;
    return [heading(missing === 1 ? 'possible when a quota is raised' : `possible when ${missing} quotas are raised`)];
  }
  const { seconds, limited_by } = shortest.with_raised_quotas;
  return [
    heading(`not possible within ${formatTime(within_seconds)}; the shortest is ${formatTime(seconds)}`),
    `  because       ${limited_by}. What follows is for the shortest time.`,
  ];
}

function callLines(calls: Readonly<Record<string, number>>): string[] {
  const [first = '', ...others] = Object.entries(calls).map(([name, count]) => `${name} ${formatRate(count)}`);
  const lines: string[] = [first];
  for (const text of others) {
    const line = lines[lines.length - 1] ?? '';
    if (line.length + text.length > 90) lines.push(text);
    else lines[lines.length - 1] = `${line}, ${text}`;
  }
  return lines.map((line, index) => `  ${index === 0 ? 'calls/s      ' : '             '} ${line}`);
}

function quotaTable({ quotas }: Capacity): string[] {
  const text = tableOf(quotas, [
    { title: 'quota', cell: ({ name }) => name },
    { title: 'needed', right: true, cell: ({ needed }) => formatRate(needed) },
    { title: 'default', right: true, cell: ({ default: limit }) => formatRate(limit) },
    { title: 'unit', cell: ({ unit }) => unit },
    { title: 'used', right: true, cell: ({ share }) => formatPercent(share) },
    { title: '', cell: ({ share }) => (share > MAX_SHARE ? 'too little' : '') },
  ]);
  return text.split('\n').map((line) => `  ${line}`);
}

/** Whole numbers from 100 on; below, three significant digits, and two below 1. */
const formatRate = (value: number): string =>
  value >= 100 ? formatNumber(Math.round(value)) : String(Number(value.toPrecision(value >= 1 ? 3 : 2)));

const formatPercent = (share: number): string => (share < 0.01 ? '< 1 %' : `${formatNumber(Math.ceil(share * 100))} %`);

const formatDollars = (usd: number): string => (usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`);

function formatTime(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120 && minutes !== 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const remainingMinutes = minutes % 60;
  if (hours < 48) return remainingMinutes === 0 ? `${hours} h` : `${hours} h ${remainingMinutes} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
