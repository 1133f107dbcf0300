// Finds and removes the passwords and tokens in addresses, and shows addresses without them.

/** Printed in place of a secret. */
export const REMOVED = '[removed]';
/** Shorter words (`test`) do not count as secrets: removing them would spoil the text. */
export const MIN_SECRET_LENGTH = 6;
/** Numbers, flags and short words, which occur in any log line, so that removing them would spoil the text. */
const COMMON_VALUE = /^(?:true|false|null|[\d.eE+-]+|[a-z]{1,7})$/;

/**
 * Every form in which the passwords and query values of an environment variable's addresses (a comma list) may
 * appear.
 */
export function secretsOfUrls(variable: string): string[] {
  if (!variable.includes('://')) return [];
  return variable.split(/[\s,]+/).flatMap((text) => {
    const url = URL.parse(text);
    if (url === null) return [];
    const password = decodeIfPossible(url.password);
    const user = decodeIfPossible(url.username);
    const [, passwordAsWritten = ''] = /:\/\/[^/?#]*?:([^/?#]*)@/.exec(text) ?? [];
    const basicCredentials = [`${user}:${password}`, `${url.username}:${url.password}`].flatMap((pair) =>
      inBase64(pair),
    );
    const queryForms = url.search
      .slice(1)
      .split('&')
      .flatMap((pair) => formsOf(pair.slice(pair.indexOf('=') + 1)));
    const credentialForms =
      password === '' ? formsOf(url.username) : [...formsOf(url.password), passwordAsWritten, ...basicCredentials];
    return [...credentialForms, ...queryForms].filter(isSecret);
  });
}

const isSecret = (text: string): boolean => text.length >= MIN_SECRET_LENGTH && !COMMON_VALUE.test(text);

/**
 * A value as written, decoded, percent-encoded once and twice (for an address in another one's query), and in base64.
 */
function formsOf(encoded: string): string[] {
  const plain = decodeIfPossible(encoded);
  return [encoded, plain, encodeURIComponent(plain), encodeURIComponent(encoded), ...inBase64(plain)];
}

function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [bytes.toString('base64').replaceAll('=', ''), bytes.toString('base64url')];
}

function decodeIfPossible(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * An address without user, password and query, for people.
 *
 * @example urlWithoutSecrets('http://me:secret@127.0.0.1:4566/?token=x') // 'http://127.0.0.1:4566'
 */
export function urlWithoutSecrets(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'an address' : `${url.origin}${url.pathname}`.replace(/\/$/, '');
}

const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>\\]*@/gi;
/** The same in a query, where it is encoded. */
const ENCODED_USER_INFO = /(%3A%2F%2F)(?:(?!%2F|%3F|%40)[^\s&"'<>\\])*%40/gi;
const SECRET_PARAMETER =
  /([?&][\w.~-]*(?:token|secret|passw(?:or)?d|pwd|api[_-]?key|access[_-]?key|auth|signature|credential)[\w.~-]*=)[^\s&#"'<>\\]+/gi;
const AUTHORIZATION = /(authorization(?:\\*["'])? ?[:=] ?(?:\\*["'])?(?:Basic|Bearer) )[\w+/=.~-]+/gi;

/** Removes the passwords and tokens of all addresses and authorizations in a text. */
export function hideUrlSecrets(text: string): string {
  return text
    .replace(USER_INFO, `$1${REMOVED}@`)
    .replace(ENCODED_USER_INFO, `$1${REMOVED}%40`)
    .replace(SECRET_PARAMETER, `$1${REMOVED}`)
    .replace(AUTHORIZATION, `$1${REMOVED}`);
}
