// The capacity of a job as people read it.
import type { Capacity } from '@movie-load/queue/capacity';
import { bytes, grouped } from '../../format.ts';
import { bold, tableOf } from '../../output.ts';

/** A limit that is used up exactly is still enough. */
const ENOUGH = 1 + 1e-9;

/** The size of the job and its time limit. */
export const headingOf = ({ movies, within_seconds }: Capacity): string =>
  bold(`${grouped(movies)} movies within ${time(within_seconds)}, on AWS in us-east-1`);

/** One paragraph of the output. */
export function capacityText(capacity: Capacity): string {
  const { replicas, replica, seconds, object, price, shortest } = capacity;
  const usd = price.aws_calls_usd + price.compute_usd;
  return [
    ...verdictLines(capacity),
    `  replicas      ${grouped(replicas)} of ${replica.vcpus} vCPU and ${replica.gigabytes} GB, which use ${percent(replica.cpu_share)} of the CPU and ${replica.used_mb} MB`,
    `  done after    ${time(seconds)}, from the first send to COMPLETE (${rate(capacity.movies / seconds)} movies/s)`,
    `  shortest      ${time(shortest.with_default_quotas.seconds)} with default quotas, ${time(shortest.with_raised_quotas.seconds)} with raised ones`,
    `  object        ${bytes(object.bytes)} in ${grouped(object.parts)} ${object.parts === 1 ? 'part' : 'parts'}, from ${grouped(capacity.message_groups)} message groups`,
    `  price         ${dollars(usd)}: ${dollars(price.aws_calls_usd)} for AWS calls, ${dollars(price.compute_usd)} for compute (Fargate on ARM, on demand)`,
    ...callLines(capacity.calls_per_second),
    '',
    ...quotaTable(capacity),
    '',
    ...adviceLines(capacity),
  ].join('\n');
}

/** The limit that is reached first, and all others that are too low. */
function adviceLines({ quotas, breaks_first }: Capacity): string[] {
  return quotas
    .filter(({ name, share }) => share > ENOUGH || name === breaks_first)
    .toSorted((one, other) => other.share - one.share)
    .flatMap(({ name, raise }) => [
      `  ${name === breaks_first ? 'breaks first' : 'too little  '}  ${name}`,
      `                ${raise ?? 'it cannot be raised'}`,
    ]);
}

/** The assumptions and measurements behind the numbers. */
export const sourceOf = ({ measured_on, as_of, price }: Capacity): string =>
  [
    `Speed: measured ${measured_on} (docs/performance.md). Quotas and list prices: ${price.region}, ${as_of}.`,
    'The replicas run from the beginning: scaling out from a few takes minutes (docs/aws.md).',
  ].join('\n');

const modeOf = ({ movies_per_message: count }: Capacity): string =>
  count === 1 ? 'one movie a message' : `${grouped(count)} movies a message`;

function verdictLines(capacity: Capacity): string[] {
  const { verdict, quotas, shortest, within_seconds } = capacity;
  const heading = (text: string) => bold(`${modeOf(capacity)}: ${text}`);
  if (verdict === 'possible') return [heading('possible with default quotas')];
  if (verdict === 'after_raising') {
    const missing = quotas.filter(({ share }) => share > ENOUGH).length;
    return [heading(missing === 1 ? 'possible when a quota is raised' : `possible when ${missing} quotas are raised`)];
  }
  const { seconds, limited_by } = shortest.with_raised_quotas;
  return [
    heading(`not possible within ${time(within_seconds)}; the shortest is ${time(seconds)}`),
    `  because       ${limited_by}. What follows is for the shortest time.`,
  ];
}

function callLines(calls: Readonly<Record<string, number>>): string[] {
  const [first = '', ...others] = Object.entries(calls).map(([name, count]) => `${name} ${rate(count)}`);
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
    { title: 'needed', right: true, cell: ({ needed }) => rate(needed) },
    { title: 'default', right: true, cell: ({ default: limit }) => rate(limit) },
    { title: 'unit', cell: ({ unit }) => unit },
    { title: 'used', right: true, cell: ({ share }) => percent(share) },
    { title: '', cell: ({ share }) => (share > ENOUGH ? 'too little' : '') },
  ]);
  return text.split('\n').map((line) => `  ${line}`);
}

/** Three digits below 100, whole numbers above. */
const rate = (value: number): string =>
  value >= 100 ? grouped(Math.round(value)) : String(Number(value.toPrecision(value >= 1 ? 3 : 2)));

const percent = (share: number): string => (share < 0.01 ? '< 1 %' : `${grouped(Math.ceil(share * 100))} %`);

const dollars = (usd: number): string => (usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`);

function time(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120 && minutes !== 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours < 48) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
