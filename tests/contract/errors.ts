// Expects a call to fail with an error code of AWS.

/** The two codes of an error, in the JSON and the Query protocol. */
const SAME: Readonly<Record<string, string>> = {
  NonExistentQueue: 'QueueDoesNotExist',
  QueueAlreadyExists: 'QueueNameExists',
  MissingRequiredParameter: 'MissingParameter',
  NotFound: 'NotFound',
};

/** The short name of an SDK error: without namespace, service prefix and `Exception`. */
function errorCode(error: unknown): string {
  const { name = '', Code = undefined } = Object(error) as { name?: string; Code?: string };
  const given = name !== '' && name !== 'Error' ? name : (Code ?? name);
  const short = (given.split(/[.#]/).at(-1) ?? given).replace(/Exception$/, '');
  return SAME[short] ?? short;
}

/** The error that `call` ends with. @throws when it succeeds or fails otherwise */
export async function failing(call: Promise<unknown>, ...codes: string[]): Promise<Error> {
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
