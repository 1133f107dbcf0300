// Expects a call to fail with an error code of AWS.

/** Codes that differ between SQS's two protocols, each with the one that the cases use. */
const CODES_OF_CASES: Readonly<Record<string, string>> = {
  NonExistentQueue: 'QueueDoesNotExist',
  QueueAlreadyExists: 'QueueNameExists',
  MissingRequiredParameter: 'MissingParameter',
};

/** The short name of an SDK error: without namespace, service prefix and `Exception`. */
function errorCode(error: unknown): string {
  const { name = '', Code = undefined } = Object(error) as { name?: string; Code?: string };
  const code = name !== '' && name !== 'Error' ? name : (Code ?? name);
  const short = (code.split(/[.#]/).at(-1) ?? code).replace(/Exception$/, '');
  return CODES_OF_CASES[short] ?? short;
}

/** Expects `call` to fail with one of these codes; returns the error. @throws when it succeeds or has another code */
export async function expectError(call: Promise<unknown>, ...codes: string[]): Promise<Error> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!Error.isError(error)) throw new Error(`The call succeeded and should fail with ${codes.join(' or ')}.`);
  if (!codes.includes(errorCode(error))) {
    throw new Error(
      `The call failed with ${errorCode(error)} and should fail with ${codes.join(' or ')}: ${error.message}`,
    );
  }
  return error;
}
