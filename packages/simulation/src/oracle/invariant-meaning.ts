// What an invariant promises, in words.

export interface Meaning {
  /** What holds, in words that need no knowledge of the code. */
  readonly sentence: string;
  /** The moments at which it is checked. */
  readonly when: string;
}
