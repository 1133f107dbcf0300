// How a malformed request is recognised.

/** The names of AWS's errors for a malformed request, which is a bug of movie-load. */
export const MALFORMED_REQUEST: ReadonlySet<string> = new Set(['ValidationException', 'SerializationException']);
