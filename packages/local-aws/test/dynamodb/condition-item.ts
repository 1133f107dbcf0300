// An item with a value of each type.

import type { AttributeMap } from '../../src/index.ts';

export const ITEM: AttributeMap = {
  s: { S: 'hello' },
  umlaut: { S: 'äöü' },
  clef: { S: 'é𝄞' },
  n: { N: '5' },
  b: { B: 'AAECAw==' },
  yes: { BOOL: true },
  nothing: { NULL: true },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2.5'] },
  bs: { BS: ['AAE=', 'Ag==', 'Aw=='] },
  l: { L: [{ S: 'a' }, { N: '1' }, { M: { x: { S: 'deep' } } }] },
  m: { M: { a: { S: 'x' }, b: { L: [] } } },
};
