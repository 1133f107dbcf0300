// The option of every command that talks to the endpoint of the environment.

export interface EndpointOptions {
  /** AWS itself is meant, not an emulator. */
  readonly aws?: boolean;
}

export const awsOption = ['--aws', 'talk to AWS itself, with the credentials of the environment'] as const;

export const jsonOption = ['--json', 'print JSON for programs'] as const;
