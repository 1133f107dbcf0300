// The description of an invariant.

export interface Meaning {
  /** The invariant in one sentence that needs no knowledge of the code. */
  readonly sentence: string;
  /** The moments at which it is checked. */
  readonly when: string;
}
