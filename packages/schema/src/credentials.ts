// Removes credentials from texts that people read. movie-load's own texts contain none, but AWS's may: its error about
// a wrong signature quotes the request, session token included.

import { hideUrlSecrets, MIN_SECRET_LENGTH, REMOVED, secretsOfUrls } from './url-secrets.ts';

const SECRET_VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'CONTROL_TOKEN'];

const TOKEN = /(x-amz-security-token(?:\\*["'])? ?[:=] ?(?:\\*["'])?)[A-Za-z0-9+/=%_-]{8,}/gi;
const SIGNATURE = /(\bSignature=)[0-9a-f]{16,}/gi;

/**
 * The secrets of an environment: keys, tokens, and the passwords and tokens in its addresses (endpoints, services,
 * proxies).
 */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const urlSecrets = Object.values(env).flatMap((value) => (value === undefined ? [] : secretsOfUrls(value)));
  // The longest first, because one secret may be a part of another.
  const secrets = new Set([...SECRET_VARIABLES.flatMap((name) => env[name] ?? []), ...urlSecrets]);
  return [...secrets].sort((a, b) => b.length - a.length);
}

/**
 * The text with `[removed]` in place of these secrets (those of 6 characters at least), of session tokens and
 * signatures of a quoted request, and of passwords and tokens in any address. JSON stays JSON.
 *
 * @example hideCredentials('x-amz-security-token:FwoGZXIvYXdz', []) // 'x-amz-security-token:[removed]'
 */
export function hideCredentials(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) if (secret.length >= MIN_SECRET_LENGTH) redacted = redacted.replaceAll(secret, REMOVED);
  return hideUrlSecrets(redacted).replaceAll(TOKEN, `$1${REMOVED}`).replaceAll(SIGNATURE, `$1${REMOVED}`);
}
