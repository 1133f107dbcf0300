// Parses update expressions into lists of actions.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html

import { type AttributeValue, typeOf, type ValueType } from '../values.ts';
import { ExpressionParser, type Operand } from './parser.ts';
import type { Path } from './path.ts';
import { collisionMessage, PathTree } from './projection.ts';
import type { Scope } from './scope.ts';

export type Action =
  | { readonly kind: 'SET'; readonly path: Path; readonly operand: Operand }
  | { readonly kind: 'REMOVE'; readonly path: Path }
  | { readonly kind: 'ADD' | 'DELETE'; readonly path: Path; readonly value: AttributeValue };

export interface ParsedUpdate {
  readonly actions: readonly Action[];
  /** The top-level attributes that the expression names. */
  readonly attributes: ReadonlySet<string>;
  /** Those of them that it accesses by a longer path, such as `a.b` or `a[0]`. */
  readonly nestedAttributes: ReadonlySet<string>;
}

type Problem = 'unknownFunction' | 'section' | 'overlap' | 'conflict' | 'operand' | 'function';
type Section = 'SET' | 'REMOVE' | 'ADD' | 'DELETE';

const SECTIONS: readonly Section[] = ['SET', 'REMOVE', 'ADD', 'DELETE'];
const FUNCTIONS: ReadonlySet<string> = new Set(['if_not_exists', 'list_append']);
/** The order in which AWS reports problems. */
const PROBLEM_ORDER = [
  'reserved',
  'unknownFunction',
  'section',
  'placeholder',
  'index',
  'overlap',
  'conflict',
  'operand',
  'function',
] as const;
/** The types that ADD and DELETE refuse (except numbers for ADD), with their names in messages. */
const REFUSED_TYPE_NAMES: Readonly<Partial<Record<ValueType, string>>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
};

class UpdateParser extends ExpressionParser<Problem> {
  readonly #actions: Action[] = [];
  readonly #paths = new PathTree();
  readonly #sections = new Set<Section>();

  parse(): readonly Action[] {
    do {
      const section = SECTIONS.find((name) => this.acceptKeyword(name));
      if (section === undefined) throw this.syntaxError();
      if (this.#sections.has(section)) {
        this.note('section', `The "${section}" section can only be used once in an update expression;`);
      }
      this.#sections.add(section);
      do this.#actions.push(this.#action(section));
      while (this.accept(','));
    } while (this.token.kind !== 'end');
    this.throwProblems(PROBLEM_ORDER);
    return this.#actions;
  }

  #action(section: Section): Action {
    this.countOperator();
    const path = this.path();
    const collision = this.#paths.add(path);
    if (collision !== undefined) this.note(collision.kind, collisionMessage(collision, path));
    if (section === 'REMOVE') return { kind: section, path };
    if (section === 'SET') {
      this.expect('=');
      return { kind: section, path, operand: this.#sum() };
    }
    if (this.token.kind !== 'valuePlaceholder') throw this.syntaxError();
    const value = this.value();
    const type = REFUSED_TYPE_NAMES[typeOf(value)];
    if (type !== undefined && !(section === 'ADD' && type === 'NUMBER')) {
      this.note(
        'operand',
        `Incorrect operand type for operator or function; operator: ${section}, operand type: ${type}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
      );
    }
    return { kind: section, path, value };
  }

  /** An operand, or two operands with `+` or `-`. */
  #sum(): Operand {
    const left = this.#operand();
    const { token } = this;
    if (token.kind !== 'symbol' || (token.text !== '+' && token.text !== '-')) return left;
    this.advance();
    this.countOperator();
    const operands = [left, this.#operand()];
    this.#checkTypes(token.text, operands, 'N');
    return { kind: 'function', name: token.text, operands };
  }

  #operand(): Operand {
    if (this.accept('(')) {
      const inside = this.nest(() => this.#sum());
      this.expect(')');
      return inside;
    }
    if (this.token.kind === 'name' && this.nextToken.text === '(') return this.#call();
    return this.simpleOperand();
  }

  #call(): Operand {
    const name = this.advance().text;
    this.countOperator();
    const operands = this.nest(() => this.arguments(() => this.#operand()));
    if (!FUNCTIONS.has(name)) {
      this.note('unknownFunction', `Invalid function name; function: ${name}`);
    } else if (operands.length !== 2) {
      this.note(
        'function',
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
    } else if (name === 'if_not_exists' && operands[0]?.kind !== 'path') {
      this.note('function', `Operator or function requires a document path; operator or function: ${name}`);
    } else if (name === 'list_append') {
      this.#checkTypes(name, operands, 'L');
    }
    return { kind: 'function', name, operands };
  }

  #checkTypes(name: string, operands: readonly Operand[], expectedType: ValueType): void {
    for (const operand of operands) {
      const type = operand.kind === 'value' ? typeOf(operand.value) : undefined;
      if (type !== undefined && type !== expectedType) {
        this.note(
          'function',
          `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
        );
      }
    }
  }
}

/** @throws {DynamoDbError} `ValidationException` that begins with `Invalid UpdateExpression: ` */
export function parseUpdate(expression: string, scope: Scope): ParsedUpdate {
  const parser = new UpdateParser('UpdateExpression', expression, scope);
  return { actions: parser.parse(), attributes: parser.attributes, nestedAttributes: parser.nestedAttributes };
}
