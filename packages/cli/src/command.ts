// What the commands have in common on the command line: options, examples, exit code.

export interface EndpointOptions {
  /** AWS itself is meant, not an emulator. */
  readonly aws?: boolean;
}

export interface CommonOptions extends EndpointOptions {
  readonly json?: boolean;
}

export const awsOption = ['--aws', 'talk to AWS itself, with the credentials of the environment'] as const;

export const jsonOption = ['--json', 'print JSON for programs'] as const;

/** The examples at the end of a command's help. */
export const examples = (...lines: readonly string[]) => ['after', ['\nExamples:', ...lines].join('\n  ')] as const;

/** An action that ends with the exit code that `run` returns. */
export const exitWith =
  <A extends readonly unknown[]>(run: (...args: A) => Promise<number>) =>
  async (...args: A): Promise<void> => {
    process.exitCode = await run(...args);
  };
