// Hostile bodies: wrong types, depth, size, broken JSON, odd expressions.

import { pickDepth, withBody } from './body-parts.ts';
import type { Dice } from './dice.ts';
import { DOCUMENT_KINDS } from './document-kinds.ts';
import type { Delivery, Kind, Legal } from './request.ts';

/** Without whole numbers from 1 to 20, which a receive may use as its wait. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  4_294_967_294,
  '',
  'x',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  '../..',
  '4294967294',
  '1e999',
  '-0',
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  { S: 1 },
  { S: 'a', N: '1' },
  { N: 'x' },
  { N: '1e400' },
  { B: '%' },
  { SS: [] },
  { NS: ['1', '1'] },
  { M: null },
  { L: {} },
  'arn:aws:sqs:::',
  'http://[',
  'a'.repeat(70_000),
];

/** Puts an odd value into one position of a value, or under a name that objects inherit. */
function spoil(value: unknown, dice: Dice): unknown {
  const isList = Array.isArray(value);
  if (typeof value !== 'object' || value === null || dice.next() < 0.15) return dice.pick(ODD_VALUES);
  const keys = Object.keys(value);
  if (keys.length === 0 || dice.next() < 0.15) {
    const name = dice.pick(['__proto__', 'constructor', 'toString', 'QueueUrl', 'TableName', '', '\0', '4294967294']);
    return isList
      ? [...value, dice.pick(ODD_VALUES)]
      : JSON.parse(`{"${name === '\0' ? '\\u0000' : name}":${JSON.stringify(dice.pick(ODD_VALUES))}}`);
  }
  const key = dice.pick(keys);
  const entries = Object.entries(value).map(([name, one]) => [name, name === key ? spoil(one, dice) : one] as const);
  return isList ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}

/** Adds the leaves of a value as parameters, whose names are their paths. */
function addParameters(value: unknown, prefix: string, into: [string, string][]): void {
  if (typeof value !== 'object' || value === null) into.push([prefix, String(value)]);
  else
    for (const [name, one] of Object.entries(value))
      addParameters(one, prefix === '' ? name : `${prefix}.${name}`, into);
}

const speaksJson = ({ service }: Legal): boolean => service === 'sqs' || service === 'dynamodb';
const hasInput = ({ input }: Legal): boolean => input !== undefined;

const JSON_KINDS: readonly Kind[] = [
  { name: 'wrong type somewhere', applies: hasInput, make: spoilt },
  {
    name: 'wrong types in many places',
    applies: hasInput,
    make: (legal, dice) => spoilt(legal, dice, dice.integer(2, 6)),
  },
  {
    name: 'no object',
    applies: speaksJson,
    make: (legal, dice) =>
      withBody(legal, dice.pick(['null', '[]', '1', '"x"', 'true', '', ' ', '[{}]', '\ufeff{}', 'undefined'])),
  },
  {
    name: 'broken JSON',
    applies: speaksJson,
    make: (legal, dice) => {
      const text = legal.body.toString();
      const at = dice.integer(0, text.length - 1);
      return withBody(
        legal,
        dice.pick([
          text.slice(0, at),
          `${text}}`,
          text.replaceAll('"', "'"),
          text.slice(0, at) + dice.pick(['\\u12', '\0', ',,', '1e', '{']) + text.slice(at),
        ]),
      );
    },
  },
  {
    name: 'no UTF-8',
    applies: hasInput,
    make: (legal, dice) =>
      withBody(
        legal,
        Buffer.concat([
          legal.body.subarray(0, dice.integer(1, legal.body.length - 1)),
          Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
          legal.body.subarray(1),
        ]),
      ),
  },
  {
    name: 'deep JSON',
    applies: speaksJson,
    make: (legal, dice) => {
      const [open, close] = dice.pick([
        ['[', ']'],
        ['{"L":[', ']}'],
        ['{"M":{"a":', '}}'],
      ] as const);
      const levels = pickDepth(dice);
      const value = open.repeat(levels) + (dice.next() < 0.7 ? `1${close.repeat(levels)}` : '');
      const name = dice.pick(Object.keys(Object(legal.input)).concat('Item'));
      const rest = legal.body.toString().slice(1);
      return withBody(
        legal,
        `{${JSON.stringify(name)}:${dice.next() < 0.5 ? value : `{"id":${value}}`}${rest === '}' ? '}' : `,${rest}`}`,
      );
    },
  },
  {
    name: 'huge JSON',
    applies: speaksJson,
    heavy: true,
    make: (legal, dice) => {
      const name = dice.pick(Object.keys(Object(legal.input)).concat('Entries', 'Keys'));
      const unit = dice.pick([
        '1',
        '{}',
        '[]',
        '"a"',
        '{"a":1}',
        '{"S":"a"}',
        '"\\u0041\\u0041\\u0041"',
        '{"Id":"1","MessageBody":"x"}',
      ]);
      const units = `[${`${unit},`.repeat(dice.integer(1000, 400_000))}1]`;
      return withBody(legal, `{"${name}":${units}}`);
    },
  },
  {
    name: 'huge text',
    applies: hasInput,
    heavy: true,
    make: (legal, dice) => {
      const name = dice.pick(Object.keys(Object(legal.input)).concat('MessageBody'));
      const value = dice
        .pick(['a', '(', 'a.', '#', '\\u0000', '%', '[0]', ' AND ', 'NOT ', '-', ':a,'])
        .repeat(dice.integer(1000, 300_000));
      return legal.service === 'sqs' || legal.service === 'dynamodb'
        ? withBody(legal, `{"${name}":"${value}",${legal.body.toString().slice(1)}`)
        : withBody(legal, `${legal.body}&${name}=${value}`);
    },
  },
];

function spoilt(legal: Legal, dice: Dice, places = 1): Delivery {
  let input = legal.input;
  for (let i = 0; i < places; i += 1) input = spoil(input, dice);
  if (speaksJson(legal)) return withBody(legal, JSON.stringify(input) ?? 'null');
  const parameters: [string, string][] = [['Action', legal.operation]];
  addParameters(input, '', parameters);
  return withBody(legal, new URLSearchParams(parameters).toString());
}

const EXPRESSIONS = [
  'ProjectionExpression',
  'UpdateExpression',
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
];

const EXPRESSION_KINDS: readonly Kind[] = [
  {
    name: 'odd expression',
    applies: ({ service }) => service === 'dynamodb',
    make: (legal, dice) => {
      const many = dice.integer(5, 2000);
      const text = dice.pick([
        'SET a[4294967294] = :one',
        `${'('.repeat(many)}id = :id${')'.repeat(many)}`,
        `${'NOT '.repeat(many)}id = :id`,
        `SET ${'a = :one, '.repeat(many)}a = :one`,
        `${'id = :id AND '.repeat(many)}id = :id`,
        `id IN (${':id, '.repeat(many)}:id)`,
        `a${'.b'.repeat(many)}`,
        `a${'[0]'.repeat(many)}`,
        `${'size('.repeat(many)}a${')'.repeat(many)} = :id`,
        `${'((id = :id) AND ('.repeat(dice.integer(5, 30))}id = :id`,
        'SET a = b + c + d',
        '\0',
        '#',
        ':',
        '#a.#b',
        'attribute_type(a, :id)',
        'SET',
        'ADD a',
        `REMOVE ${'a, '.repeat(many)}`,
      ]);
      return withBody(legal, JSON.stringify({ ...Object(legal.input), [dice.pick(EXPRESSIONS)]: text }));
    },
  },
];

export const BODY_KINDS: readonly Kind[] = [...JSON_KINDS, ...EXPRESSION_KINDS, ...DOCUMENT_KINDS];
