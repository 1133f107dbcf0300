// Takes credentials out of texts that somebody will read. We never write any there; AWS does: when it refuses a request's
// signature, its error quotes the request, session token included.

const REMOVED = '[removed]';
const SECRET_VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
/** Shorter words (`test`) are no secrets, and taking them out would spoil the text. */
const SHORTEST_SECRET = 8;

const TOKEN = /(x-amz-security-token(?:\\*["'])? ?[:=] ?(?:\\*["'])?)[A-Za-z0-9+/=%_-]{8,}/gi;
const SIGNATURE = /(\bSignature=)[0-9a-f]{16,}/gi;

/** The secrets that an environment holds. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  return SECRET_VARIABLES.flatMap((name) => env[name] ?? []);
}

/**
 * The text with `[removed]` in place of these secrets (those of 8 characters at least), and of session tokens and
 * signatures of a quoted request, wherever the credentials came from. JSON stays JSON.
 *
 * @example hideCredentials('x-amz-security-token:FwoGZXIvYXdz', []) // 'x-amz-security-token:[removed]'
 */
export function hideCredentials(text: string, secrets: readonly string[]): string {
  let hidden = text;
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) hidden = hidden.replaceAll(secret, REMOVED);
  return hidden.replaceAll(TOKEN, `$1${REMOVED}`).replaceAll(SIGNATURE, `$1${REMOVED}`);
}
