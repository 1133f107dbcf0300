// A change of a source text.
import type { SyntaxNode } from './syntax.ts';

/** One text that replaces a part of a source. */
export interface Edit {
  /** The kind of mistake, e.g. `comparison`. */
  readonly operator: string;
  /** Offsets in the source. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** The source in which a node is, and the node around it. */
export interface EditContext {
  readonly text: string;
  readonly parent: SyntaxNode | undefined;
}
