/**
 * Takes secrets out of texts that others may read: log lines, notes of traces, messages of errors.
 *
 * Two ways, because neither knows all: `redact` knows what secrets look like and where they stand;
 * `without` takes out those that are known to be in a request.
 */
export const REDACTED = '[redacted]';

/** Nearly all texts hold none of these, and are left as they are. */
const HINT = /signature|authorization|token|secret|password|api.?key|private key|:\/\/[^\s/]*@/i;

/** Names whose value is nobody's business, as headers, parameters, or members of JSON. */
const NAMES =
  'authorization|proxy-authorization|x-amz-security-token|x-amz-signature|x-api-key|' +
  'secret_?access_?key|aws_secret_access_key|session_?token|aws_session_token|client_?secret|' +
  'api_?key_?value|(?:[a-z]+_?)?password|saml_?assertion|web_?identity_?token';

/** The signature and the token of a URL that was signed beforehand, or of the header. */
const SIGNATURE = /\b((?:X-Amz-)?(?:Signature|Security-Token)=)(?!\[redacted\])[^&\s"',;)\]}\\]+/gi;
/** `name: value` as in headers and in JSON; a scheme such as Bearer goes with its value. */
const NAMED = new RegExp(
  `(["']?\\b(?:${NAMES})\\\\?["']?\\s*[:=]\\s*)(\\\\?")?` +
    `(?:(AWS4-[A-Z0-9-]+ Credential=[^\\s,]+)|(?:(?:Bearer|Basic|Digest)\\s+)?[^\\s"',;&\\\\}]+)`,
  'gi',
);
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** The password in an address. */
const IN_ADDRESS = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;

export function redact(text: string): string {
  if (!HINT.test(text)) return text;
  return text
    .replace(PRIVATE_KEY, REDACTED)
    .replace(SIGNATURE, `$1${REDACTED}`)
    .replace(NAMED, (_all, name: string, quote = '', scope?: string) =>
      // Whose signature it is says something, and is no secret.
      scope ? `${name}${quote}${scope}` : `${name}${quote}${REDACTED}`,
    )
    .replace(IN_ADDRESS, `$1${REDACTED}@`);
}

const SECRET_NAME = new RegExp(`^(?:${NAMES}|signature)$`, 'i');

/** The same for values of any kind, however deep; those under a secret's name are taken out. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null || depth > 8) return value;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  if (value instanceof Error) return redact(value.stack ?? value.message);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isSecret = SECRET_NAME.test(name) && typeof item !== 'number';
      return [name, isSecret ? REDACTED : redactValue(item, depth + 1)];
    }),
  );
}

/** What is shorter cannot be told from the words around it. */
const SHORTEST = 4;

/** `text` without any of `secrets`, as they are and as JSON writes them. */
export function without(secrets: readonly string[], text: string): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    clean = clean.replaceAll(secret, REDACTED);
    const asJson = JSON.stringify(secret).slice(1, -1);
    if (asJson !== secret) clean = clean.replaceAll(asJson, REDACTED);
  }
  return clean;
}
