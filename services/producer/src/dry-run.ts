// What a job would be and take, for people or as one line of JSON.
import { estimateJob } from '@movie-load/queue';
import type { JobPlan } from '@movie-load/schema';

export function dryRunText(plan: JobPlan, json: boolean): string {
  const estimate = estimateJob(plan);
  if (json) return `${JSON.stringify({ plan, ...estimate })}\n`;
  const { messages, groups, message_bytes, object_bytes, sqs, dynamodb, s3, list_price: price } = estimate;
  const rows: [string, string][] = [
    ['movies', `${number(plan.movies)}, ${number(plan.movies_per_message)} a message, seed ${plan.seed}`],
    ['messages', `${number(messages)} of about ${bytes(message_bytes)}`],
    ['message groups', number(groups)],
    ['SQS calls', `${number(sqs.sends)} sends, ${number(sqs.receives)} receives, ${number(sqs.deletes)} deletes`],
    ['', `billed as ${number(sqs.billed_requests)} requests of 64 KB`],
    ['DynamoDB items', number(dynamodb.items)],
    ['write units', `${number(dynamodb.write_units)} (and ${number(dynamodb.read_units)} read units for the object)`],
    ['S3', `${number(s3.puts)} PUT requests for an object of about ${bytes(object_bytes)}`],
    ['AWS list price', `${dollars(price.usd)} (${price.region}, ${price.as_of}; SQS ${dollars(price.sqs_usd)},`],
    ['', `DynamoDB ${dollars(price.dynamodb_usd)}, S3 ${dollars(price.s3_usd)}; no compute, storage, transfer)`],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(16)}${value}`);
  return `The plan. Nothing was sent; counts are without faults and with full receives.\n${lines.join('\n')}\n`;
}

const number = (value: number): string => value.toLocaleString('en-US');

function bytes(value: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let unit = 0;
  let shown = value;
  while (shown >= 1000 && unit < units.length - 1) {
    shown /= 1000;
    unit++;
  }
  return `${unit === 0 || shown >= 100 ? Math.round(shown) : shown.toFixed(1)} ${units[unit]}`;
}

/** Two digits that say something, however small the price. */
function dollars(value: number): string {
  return `$${value >= 1 ? value.toFixed(2) : value.toLocaleString('en-US', { maximumSignificantDigits: 2, maximumFractionDigits: 8 })}`;
}
