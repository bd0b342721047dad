/**
 * Signatures checked: every request is signed with a key that is known here, or refused before
 * anything of it is acted upon.
 *
 * Our own paths are for operators: keys of the root of the server's own account, and users whose
 * policies allow `millrace:Operate`. They are signed for the service `millrace`. What must be
 * readable without a key (health, certificates) is named in `FOR_EVERYBODY`.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { type Access, accessOf, type KnownKey } from '../access/access.ts';
import { isAllowed } from '../access/evaluate.ts';
import { type Identity, rootArn } from '../access/identity.ts';
import { openToken } from '../access/sessions.ts';
import { AwsError } from '../core/errors.ts';
import { regionInHost } from '../core/region-in-host.ts';
import type { Signer } from '../services/service.ts';
import { modelOf } from '../wire/models.ts';
import type { Routed } from '../wire/wire.ts';
import {
  type Authenticator,
  type AuthStack,
  isUnsigned,
  type Principal,
  principal,
  signerOf,
  type Visitor,
} from './auth.ts';
import { authError, MISSING_TOKEN } from './auth-errors.ts';
import type { Request } from './request.ts';
import { readSignature, SignatureFault, type Signed } from './signature.ts';
import {
  checkFreshness,
  checkScope,
  checkSignature,
  checkSignedHeaders,
} from './signature-check.ts';
import { SigningKeys } from './signature-keys.ts';

/** What requests to our own paths are signed for, and what they need. */
export const OWN_SERVICE = 'millrace';
export const OPERATE = 'millrace:Operate';

/** Paths without a key, each with all below it: none tells of what is stored. */
const FOR_EVERYBODY = [
  ...['/livez', '/readyz', '/health', '/version', '/_localstack/health'],
  ...['/_millrace/v1/certificate', '/_millrace/sns'],
  // Named by the hash of what they hold: whoever can ask has it, or was told by GetFunction.
  ...['/_millrace/v1/lambda/code'],
];

/** What a collector of figures asks for, with a token of its own. */
const FIGURES = new Set(['/metrics', '/_millrace/metrics']);

/** In a time that does not tell where they differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}

/** Who calls is for the function's own settings to say. */
const FUNCTION_URLS = '/_lambda-url/';

const INVALID_TOKEN = 'The security token included in the request is invalid.';
const EXPIRED_TOKEN = 'The security token included in the request is expired';

const ANONYMOUS: Identity = {
  kind: 'user',
  account: 'anonymous',
  arn: 'anonymous',
  userId: 'anonymous',
  accessKey: '',
};

export class StrictAuth implements Authenticator {
  readonly #stack: AuthStack;
  readonly #binds: boolean;
  readonly #access: Access;
  readonly #keys = new SigningKeys();

  constructor(stack: AuthStack, binds: boolean) {
    this.#stack = stack;
    this.#binds = binds;
    this.#access = accessOf(stack);
  }

  async caller(request: Request, routed: Routed): Promise<Principal> {
    try {
      const found = await this.#verified(request, modelOf(routed.service).facts.signingName);
      if (found) return found;
      if (!isUnsigned(routed)) throw new SignatureFault('missing', MISSING_TOKEN);
    } catch (cause) {
      if (cause instanceof SignatureFault) throw authError(cause, routed.protocol, routed.service);
      throw cause;
    }
    const region = regionInHost(request.header('host') ?? '') ?? this.#stack.settings.region;
    return principal({ region, identity: ANONYMOUS, signed: false, verified: false });
  }

  async visitor(request: Request, path: string): Promise<Visitor> {
    if (isBelow(path, FOR_EVERYBODY) || this.#maySeeFigures(request, path)) return () => undefined;
    try {
      if (path.startsWith(FUNCTION_URLS)) return await this.#ofFunctionUrl(request);
      const found = await this.#verified(request, OWN_SERVICE);
      if (!found) throw new SignatureFault('missing', MISSING_TOKEN);
      await this.#checkOperator(found.identity);
      return () => signerOf(found);
    } catch (cause) {
      if (cause instanceof SignatureFault) throw authError(cause, 'rest-json', undefined);
      throw cause;
    }
  }

  #maySeeFigures(request: Request, path: string): boolean {
    const { metricsToken } = this.#access;
    if (metricsToken === undefined || !FIGURES.has(path)) return false;
    return isSame(request.header('authorization') ?? '', `Bearer ${metricsToken}`);
  }

  /** A header of the function's own may stand where a signature would: only SigV4's is ours. */
  async #ofFunctionUrl(request: Request): Promise<Visitor> {
    const header = request.header('authorization');
    if (header !== undefined && !header.startsWith('AWS4-')) return () => undefined;
    const found = await this.#verified(request, 'lambda');
    return () => found && { ...signerOf(found), ...(this.#binds && this.#leave(found.identity)) };
  }

  /** What the caller's own policies say of a function, whose URL asks for it. */
  #leave(identity: Identity): Pick<Signer, 'may'> {
    return {
      may: async (action, resource) => {
        const own = await this.#access.policiesOf(identity);
        const texts = own.map(({ document }) => document);
        return isAllowed(identity, texts, action, resource, this.#stack.clock.nowMs());
      },
    };
  }

  async #checkOperator(identity: Identity): Promise<void> {
    const { settings } = this.#stack;
    // A function has its account's rights, but is no operator of the server.
    if (identity.arn === rootArn(settings.account)) return;
    const policies = (await this.#access.policiesOf(identity)).map(({ document }) => document);
    const isOwn = identity.kind === 'user' && identity.account === settings.account;
    if (isOwn && isAllowed(identity, policies, OPERATE, '*', this.#stack.clock.nowMs())) return;
    const said = `User: ${identity.arn} is not authorized to perform: ${OPERATE}`;
    throw new AwsError('AccessDeniedException', `${said} on resource: *`, { status: 403 });
  }

  async #verified(request: Request, service: string): Promise<Principal | undefined> {
    const signed = readSignature(request);
    if (!signed) return undefined;
    const { clock, settings } = this.#stack;
    const region = regionInHost(request.header('host') ?? '');
    // Clients sign by the machine's time, and correct theirs by our Date; see core/clock.ts.
    const expected = { nowMs: clock.wallNowMs(), service, region };
    checkScope(signed, expected);
    const { secret, identity } = await this.#keyOf(signed, clock.nowMs());
    checkFreshness(signed, expected);
    checkSignedHeaders(signed, request);
    checkSignature(signed, request, secret, this.#keys);
    const of = signed.region ?? region ?? settings.region;
    return principal({ region: of, identity, signed: true, verified: true });
  }

  async #keyOf(signed: Signed, nowMs: number): Promise<Pick<KnownKey, 'secret' | 'identity'>> {
    const { accessKey, sessionToken } = signed;
    if (sessionToken === undefined) return this.#activeKey(accessKey);
    const session = openToken(this.#access.vault, sessionToken);
    if (!session?.verified || session.identity.accessKey !== accessKey) {
      throw new SignatureFault('badToken', INVALID_TOKEN);
    }
    if (session.expiresAtMs <= nowMs) throw new SignatureFault('expiredToken', EXPIRED_TOKEN);
    if (session.parent !== undefined) await this.#activeKey(session.parent);
    return session;
  }

  async #activeKey(accessKey: string): Promise<KnownKey> {
    const known = await this.#access.find(accessKey);
    if (known?.active) return known;
    throw new SignatureFault('unknownKey', INVALID_TOKEN);
  }
}

function isBelow(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
