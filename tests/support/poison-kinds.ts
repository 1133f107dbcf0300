// Kinds of invalid messages, each with the reason for which a consumer refuses it.
import { type MessageAttributes, QUEUE_MESSAGE_BYTES } from '@movie-load/aws';
import type { Refusal } from '@movie-load/schema';

/** A message of the job as its producer sends it. Most kinds are changed copies of one. */
export interface ValidMessage {
  readonly body: string;
  readonly json: Json;
  readonly groupId: string;
  /** Another message group of the same job. */
  readonly otherGroupId: string;
}

/** A load message as JSON.parse returns it; a kind may change any part. */
export type Json = Readonly<Record<string, unknown>> & {
  readonly plan: Readonly<Record<string, unknown>>;
  readonly movies: readonly Readonly<Record<string, unknown>>[];
};

export interface Poison {
  readonly body: string;
  /** The group of the job's valid messages, unless the kind is about groups. */
  readonly groupId?: string;
  readonly attributes?: MessageAttributes;
}

export interface PoisonKind {
  readonly name: string;
  readonly reason: Refusal;
  /** True if the message has about a mebibyte: a few of these are enough. */
  readonly isHeavy?: boolean;
  make(valid: ValidMessage): Poison;
}

/** A text in every part that a sender can choose; no log may contain it. */
export const MARK = 'FORGED';
export const FORGED_LINE = `{"level":"fatal","time":"2026-11-25T00:00:00.000Z","service":"consumer","msg":"${MARK}"}`;

type Make = (valid: ValidMessage) => string;
const kind = (reason: Refusal, name: string, body: Make | string, more: Partial<PoisonKind> = {}): PoisonKind => ({
  name,
  reason,
  make: (valid) => ({ body: typeof body === 'string' ? body : body(valid) }),
  ...more,
});

/** The message with some keys changed; `undefined` removes a key. */
const changed =
  (changes: Readonly<Record<string, unknown>>): Make =>
  ({ json }) =>
    JSON.stringify({ ...json, ...changes });
const changedPlan =
  (changes: Readonly<Record<string, unknown>>): Make =>
  ({ json }) =>
    JSON.stringify({ ...json, plan: { ...json.plan, ...changes } });
const changedMovie =
  (changes: Readonly<Record<string, unknown>>): Make =>
  ({ json }) =>
    JSON.stringify({ ...json, movies: [{ ...json.movies[0], ...changes }] });
/** The message as text with another text inserted after `before`: for keys that an object literal cannot have. */
const insertedAfter =
  (before: string, inserted: string): Make =>
  ({ body }) =>
    body.replace(before, `${before}${inserted}`);

const heavy = { isHeavy: true };
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

const notJson: readonly PoisonKind[] = [
  kind('not_json', 'words', `please load a movie, ${MARK}`),
  kind('not_json', 'one space', ' '),
  kind('not_json', 'cut in the middle', ({ body }) => body.slice(0, Math.floor(body.length / 2))),
  kind('not_json', 'last brace missing', ({ body }) => body.slice(0, -1)),
  kind('not_json', 'trailing comma', ({ body }) => `${body.slice(0, -1)},}`),
  kind('not_json', 'single quotes', ({ body }) => body.replaceAll('"', "'")),
  kind('not_json', 'comment before it', ({ body }) => `/* ${MARK} */ ${body}`),
  kind('not_json', 'byte order mark', ({ body }) => `\ufeff${body}`),
  kind('not_json', 'two documents', ({ body }) => `${body}\n${body}`),
  kind('not_json', 'base64 of a valid one', ({ body }) => Buffer.from(body).toString('base64')),
  kind('not_json', 'NaN', ({ body }) => body.replace(/"year":\d+/, '"year":NaN')),
  kind('not_json', 'XML', `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "${MARK}">]><movie>&b;</movie>`),
  kind('not_json', 'HTML with a script', `<script>alert('${MARK}')</script><img src=x onerror=alert(1)>`),
  kind('not_json', 'forged log lines', `x\n${FORGED_LINE}\r\n${FORGED_LINE}\n`),
  kind('not_json', 'terminal controls', `\u009b2J\u009b31m${MARK}\u0085\u2028\u2029\u202e\u200b\u009d0;${MARK}\u009c`),
  kind('not_json', 'format directives', `%s %d %o %j %O ${MARK} \${jndi:ldap://example.invalid/a} {{7*7}}`),
  kind('not_json', 'spaces up to the limit', ' '.repeat(QUEUE_MESSAGE_BYTES), heavy),
  kind('not_json', 'half a million open brackets', '['.repeat(500_000), heavy),
];

const otherJson: readonly PoisonKind[] = [
  kind('wrong_shape', 'null', 'null'),
  kind('wrong_shape', 'a number', '42'),
  kind('wrong_shape', 'a string', JSON.stringify(`${MARK}\n${FORGED_LINE}`)),
  kind('wrong_shape', 'an empty object', '{}'),
  kind('wrong_shape', 'an empty array', '[]'),
  kind('wrong_shape', 'a valid one in an array', ({ body }) => `[${body}]`),
  kind('wrong_shape', 'a valid one as a string', ({ body }) => JSON.stringify(body)),
  kind('wrong_shape', 'a notification that wraps a valid one', ({ body }) =>
    JSON.stringify({ Type: 'Notification', Message: body, Subject: MARK }),
  ),
  kind('wrong_shape', 'an event of S3', '{"Records":[{"eventSource":"aws:s3","s3":{"object":{"key":"a.json"}}}]}'),
  kind('wrong_shape', 'a job order', '{"job_id":"1","movies":1000}'),
  kind('wrong_shape', 'deep arrays', `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  kind('wrong_shape', 'deep objects', `${'{"movies":'.repeat(5000)}1${'}'.repeat(5000)}`),
  kind('wrong_shape', 'deep arrays up to the limit', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, heavy),
  kind('wrong_shape', 'ninety thousand keys', () => `{${manyKeys(90_000)}}`, heavy),
];

const wrongShape: readonly PoisonKind[] = [
  kind('wrong_shape', 'no plan', changed({ plan: undefined })),
  kind('wrong_shape', 'no movies key', changed({ movies: undefined })),
  kind('wrong_shape', 'no movies', changed({ movies: [] })),
  kind('wrong_shape', 'movies that only look like a list', changed({ movies: { 0: {}, length: 1 } })),
  kind('wrong_shape', 'an unknown key', changed({ [`${MARK} key`]: 1 })),
  kind('wrong_shape', 'a key in other letters', ({ body }) => body.replace('"job_id"', '"j\u043eb_id"')),
  kind('wrong_shape', '__proto__', insertedAfter('{', `"__proto__":{"polluted":"${MARK}"},`)),
  kind('wrong_shape', '__proto__ in a movie', insertedAfter('"movies":[{', '"__proto__":{"year":1999},')),
  kind('wrong_shape', '__proto__ in the plan', insertedAfter('"plan":{', '"__proto__":{"version":1},')),
  kind('wrong_shape', 'constructor', insertedAfter('{', '"constructor":{"prototype":{"polluted":true}},')),
  kind('wrong_shape', 'a job id that is not a UUID', changed({ job_id: `../../${MARK}` })),
  kind('wrong_shape', 'a job id of another UUID version', changed({ job_id: '3b241101-e2bb-4255-8caf-4136c566a962' })),
  kind('wrong_shape', 'a negative number', changed({ number: -1 })),
  kind('wrong_shape', 'a number with a fraction', changed({ number: 0.5 })),
  kind('wrong_shape', 'a number as a string', changed({ number: '0' })),
  kind('wrong_shape', 'a huge number', changed({ number: 1e300 })),
  kind('wrong_shape', 'a number beyond 2^53', ({ body }) => body.replace(/"number":\d+/, '"number":9007199254740993')),
  kind('wrong_shape', 'a number of 5,000 digits', ({ body }) =>
    body.replace(/"group":\d+/, `"group":${'9'.repeat(5000)}`),
  ),
  kind('wrong_shape', 'a date that does not exist', changed({ started_on: '2026-02-30T00:00:00.000Z' })),
  kind('wrong_shape', 'a date with an offset', changed({ started_on: '2026-11-25T00:00:00.000+01:00' })),
  kind('wrong_shape', 'a plan without a group size', changedPlan({ group_size: 0 })),
  kind('wrong_shape', 'a plan of too many movies', changedPlan({ movies: 100_000_001 })),
  kind('wrong_shape', 'a plan whose parts of the object would be too small', changedPlan({ movies: 99_999_999 })),
  kind('wrong_shape', 'a nonce with a line break', changedPlan({ nonce: `a\n${FORGED_LINE}` })),
  kind('wrong_shape', 'a version as a string', changedPlan({ version: '1' })),
];

const wrongMovies: readonly PoisonKind[] = [
  kind('wrong_shape', 'a movie that is null', changed({ movies: [null] })),
  kind('wrong_shape', 'a movie without a title', changedMovie({ title: undefined })),
  kind('wrong_shape', 'a movie without a year', changedMovie({ year: undefined })),
  kind('wrong_shape', 'a year as a string', changedMovie({ year: '1999' })),
  kind('wrong_shape', 'a year in the distant future', changedMovie({ year: 99_999 })),
  kind('wrong_shape', 'a movie id that is not a UUID', changedMovie({ movie_id: MARK })),
  kind('wrong_shape', 'a movie with a sixth field', changedMovie({ [MARK]: true })),
  kind('wrong_shape', 'an actor who is an object', changedMovie({ actor: { toString: MARK } })),
  kind('wrong_shape', 'a NUL in a title', changedMovie({ title: `a\u0000${MARK}` })),
  kind('wrong_shape', 'an escape in a title', changedMovie({ title: `\u001b[31m${MARK}\u001b[0m` })),
  kind('wrong_shape', 'a line break in a title', changedMovie({ title: `\n${FORGED_LINE}` })),
  kind('wrong_shape', 'half a surrogate pair', changedMovie({ title: '\ud83c' })),
  kind('wrong_shape', 'an empty title', changedMovie({ title: '' })),
  kind('wrong_shape', 'a title of 1,026 bytes', changedMovie({ title: 'ä'.repeat(513) })),
  kind('wrong_shape', 'a title of a megabyte', changedMovie({ title: MARK.repeat(170_000) }), heavy),
  kind('wrong_shape', '5,001 movies', ({ json }) => JSON.stringify({ ...json, movies: Array(5001).fill({}) })),
  kind('wrong_shape', '5,000 broken movies', changed({ movies: Array(5000).fill({ a: 1, b: [], [MARK]: {} }) }), heavy),
];

const wrongJob: readonly PoisonKind[] = [
  kind('unknown_version', 'a version that never existed', changedPlan({ version: 0 })),
  kind(
    'unknown_version',
    'the smallest possible version',
    changedPlan({ version: Number.MIN_SAFE_INTEGER, [MARK]: 1 }),
  ),
  kind('plan_mismatch', 'the id of another job', changed({ job_id: '6b1c8f0e-51f7-5c57-9e0e-3e6c9a4d7b21' })),
  kind('plan_mismatch', 'more movies than its id says', changedPlan({ movies: 50_000 })),
  kind('plan_mismatch', 'another seed than its id says', changedPlan({ seed: 1 })),
  kind('plan_mismatch', 'its id in capitals', ({ json }) =>
    JSON.stringify({ ...json, job_id: String(json.job_id).toUpperCase() }),
  ),
  kind('outside_plan', 'a number behind the last', changed({ number: 99_999_999 })),
  kind('outside_plan', 'a group behind the last', changed({ group: 99_999_999 })),
  kind(
    'outside_plan',
    'a second number that replaces the first',
    insertedAfter('"movies":[', '],"number":99999999,"movies":['),
  ),
  kind('outside_plan', 'one movie too many', ({ json }) =>
    JSON.stringify({ ...json, movies: [...json.movies, ...json.movies] }),
  ),
];

/** A valid message, in a message group that it does not belong to. */
const wrongGroup = (name: string, groupId: (valid: ValidMessage) => string): PoisonKind => ({
  name,
  reason: 'group_mismatch',
  make: (valid) => ({ body: valid.body, groupId: groupId(valid) }),
});
const wrongGroups: readonly PoisonKind[] = [
  wrongGroup('in another group of its job', ({ otherGroupId }) => otherGroupId),
  wrongGroup('in a group of another program', () => 'orders'),
  wrongGroup('in a group that is a log line', () => FORGED_LINE.replaceAll(' ', '')),
  wrongGroup('in its group with a zero before it', ({ groupId }) => groupId.replace('#', '#0')),
  wrongGroup('in its group in capitals', ({ groupId }) => groupId.toUpperCase()),
  wrongGroup('in a group of 128 marks', () => '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'.repeat(4)),
];

const withAttributes = (name: string, attributes: MessageAttributes): PoisonKind => ({
  name,
  reason: 'not_json',
  make: () => ({ body: MARK, attributes }),
});
const foreignAttributes: readonly PoisonKind[] = [
  withAttributes('attributes of a dead letter', {
    reason: text('too_many_receives'),
    detail: text(`${MARK}\n${FORGED_LINE}`),
    consumer: text(MARK),
    original_group: text(MARK),
    original_message_id: text('00000000-0000-0000-0000-000000000000'),
    original_receive_count: { DataType: 'Number.int', StringValue: '-7' },
  }),
  withAttributes('ten attributes of every type', {
    ...Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`a.${index}`, text(`ü"\\\t\u2028${MARK}`)])),
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255, 10, 13) },
    picture: { DataType: 'Binary.gif', BinaryValue: Uint8Array.of(71, 73, 70) },
    count: { DataType: 'Number', StringValue: '-1.5e10' },
    constructor: text('x'),
  }),
  withAttributes(
    'an attribute called __proto__',
    Object.fromEntries([
      ['__proto__', text(MARK)],
      ['other', text(MARK)],
    ]),
  ),
  withAttributes('attributes of 40 KB', { big: text(`${MARK}"`.repeat(6000)) }),
];

/** All kinds of invalid messages. */
export const POISON_KINDS: readonly PoisonKind[] = [
  ...notJson,
  ...otherJson,
  ...wrongShape,
  ...wrongMovies,
  ...wrongJob,
  ...wrongGroups,
  ...foreignAttributes,
];

function manyKeys(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',');
}
