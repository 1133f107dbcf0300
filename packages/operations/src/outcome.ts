/** The result of an operation in words. */
export interface Outcome {
  readonly ok: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly details: readonly string[];
}
