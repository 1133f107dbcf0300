// AWS's names for a malformed request.

/** Names of the errors with which AWS answers a malformed request: a bug of movie-load. */
export const MALFORMED_REQUEST: ReadonlySet<string> = new Set(['ValidationException', 'SerializationException']);
