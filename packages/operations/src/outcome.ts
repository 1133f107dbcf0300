/** The result of an operation as text for people. */
export interface Outcome {
  readonly ok: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly details: readonly string[];
}
