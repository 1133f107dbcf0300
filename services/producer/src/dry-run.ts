// Renders the plan of a job and its estimated calls and price (`--dry-run`), as text or as one line of JSON.
import { estimateJob } from '@movie-load/queue';
import type { JobPlan } from '@movie-load/schema';

export function dryRunText(plan: JobPlan, json: boolean): string {
  const estimate = estimateJob(plan);
  if (json) return `${JSON.stringify({ plan, ...estimate })}\n`;
  const { messages, groups, message_bytes, object_bytes, sqs, dynamodb, s3, list_price: price } = estimate;
  const rows: [string, string][] = [
    ['movies', `${formatNumber(plan.movies)}, ${formatNumber(plan.movies_per_message)} a message, seed ${plan.seed}`],
    ['messages', `${formatNumber(messages)} of about ${formatBytes(message_bytes)}`],
    ['message groups', formatNumber(groups)],
    [
      'SQS calls',
      `${formatNumber(sqs.sends)} sends, ${formatNumber(sqs.receives)} receives, ${formatNumber(sqs.deletes)} deletes`,
    ],
    ['', `billed as ${formatNumber(sqs.billed_requests)} requests of 64 KB`],
    ['DynamoDB items', formatNumber(dynamodb.items)],
    [
      'write units',
      `${formatNumber(dynamodb.write_units)} (and ${formatNumber(dynamodb.read_units)} read units for the object)`,
    ],
    ['S3', `${formatNumber(s3.puts)} PUT requests for an object of about ${formatBytes(object_bytes)}`],
    [
      'AWS list price',
      `${formatDollars(price.usd)} (${price.region}, ${price.as_of}; SQS ${formatDollars(price.sqs_usd)},`,
    ],
    [
      '',
      `DynamoDB ${formatDollars(price.dynamodb_usd)}, S3 ${formatDollars(price.s3_usd)}; no compute, storage, transfer)`,
    ],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(16)}${value}`);
  return `The plan. Nothing was sent; counts are without faults and with full receives.\n${lines.join('\n')}\n`;
}

const formatNumber = (value: number): string => value.toLocaleString('en-US');

function formatBytes(value: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let unit = 0;
  let scaled = value;
  // 999,790 bytes would be shown as 1000 KB.
  while (Math.round(scaled) >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}

/** Two decimals; for less than ten cents two significant digits, because the price of a small job has many zeros. */
function formatDollars(value: number): string {
  if (value >= 0.1) return `$${value.toFixed(2)}`;
  const text = value.toLocaleString('en-US', { maximumSignificantDigits: 2, maximumFractionDigits: 8 });
  // 0.0999 is rounded to 0.1.
  return `$${text === '0.1' ? '0.10' : text}`;
}
