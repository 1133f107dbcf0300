// A client in the SDK's form that records its requests and returns the test's answers.
interface RecordedCall {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly signal: AbortSignal | undefined;
}

/** Answers each call with the next of these: an error is thrown. */
export function client(...answers: unknown[]) {
  const requested: RecordedCall[] = [];
  const sender: unknown = {
    send: async (
      command: { readonly input: RecordedCall['input'] },
      options: { readonly abortSignal?: AbortSignal } = {},
    ) => {
      requested.push({
        name: command.constructor.name.replace('Command', ''),
        input: command.input,
        signal: options.abortSignal,
      });
      const answer = answers.shift() ?? {};
      if (Error.isError(answer)) throw answer;
      return answer;
    },
  };
  const last = () => {
    const lastCall = requested.at(-1);
    if (lastCall === undefined) throw new Error('nothing was requested');
    return lastCall;
  };
  return { sender, requested, last };
}
export const named = (name: string) => Object.assign(new Error(name), { name });
