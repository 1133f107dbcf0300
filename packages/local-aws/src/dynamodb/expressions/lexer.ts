// Splits an expression into tokens, in one pass from left to right.

export type TokenKind = 'name' | 'namePlaceholder' | 'valuePlaceholder' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /[ \t\r\n]+|(#[0-9A-Za-z_]+)|(:[0-9A-Za-z_]+)|([A-Za-z_][0-9A-Za-z_]*)|([0-9]+)|(<>|<=|>=|[\s\S])/y;

/** The kinds of tokens in the order of the groups of `TOKEN`. */
const KINDS: readonly TokenKind[] = ['namePlaceholder', 'valuePlaceholder', 'name', 'number', 'symbol'];

/** The tokens without white space, followed by one of kind `end`. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(expression);
    if (match === null) break;
    const group = match.findIndex((part, index) => index > 0 && part !== undefined);
    const kind = KINDS[group - 1];
    if (kind !== undefined) tokens.push({ kind, text: match[0], start, end: TOKEN.lastIndex });
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: expression.length, end: expression.length });
  return tokens;
}
