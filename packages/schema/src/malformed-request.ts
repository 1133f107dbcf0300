// By which names AWS calls a request malformed.

/** Names of the errors that AWS answers to a request that can never succeed, whatever the data: our own bug. */
export const MALFORMED_REQUEST: ReadonlySet<string> = new Set(['ValidationException', 'SerializationException']);
