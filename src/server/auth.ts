/**
 * Who asks: one verifier for every transport, protocol and path, and one closed choice of how
 * strict it is, made when the server starts.
 *
 * - `off`: the credential scope names account and Region, nothing is refused.
 * - `parse`: as `off`, but a request that carries no credentials at all is refused.
 * - `strict`: signatures are checked against stored keys; see auth-strict.ts.
 *
 * A `Principal` is made here and in auth-strict.ts and nowhere else: whoever holds one has passed.
 */
import { type Access, accessOf } from '../access/access.ts';
import { type Identity, rootArn, rootIdentity } from '../access/identity.ts';
import { accountIn } from '../access/key-ids.ts';
import { openToken, TOKEN_PREFIX } from '../access/sessions.ts';
import { AwsError } from '../core/errors.ts';
import { regionInHost } from '../core/region-in-host.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Signer } from '../services/service.ts';
import { modelOf } from '../wire/models.ts';
import { type CredentialScope, credentialScope, type Routed } from '../wire/wire.ts';
import { authError, MISSING_TOKEN } from './auth-errors.ts';
import { StrictAuth } from './auth-strict.ts';
import type { Request } from './request.ts';

export const AUTH_MODES = ['off', 'parse', 'strict'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

declare const passed: unique symbol;

export interface Principal {
  readonly [passed]: true;
  readonly region: string;
  readonly identity: Identity;
  /** False for a request without credentials. */
  readonly signed: boolean;
  /** Whether the signature was checked. */
  readonly verified: boolean;
}

export function principal(parts: Omit<Principal, typeof passed>): Principal {
  return parts as Principal;
}

export interface Authenticator {
  /** Throws in the words of the routed service. */
  caller(request: Request, routed: Routed): Principal | Promise<Principal>;
  /** Who asks for one of our own paths; throws when that is not for everybody. */
  visitor(request: Request, path: string): Visitor | Promise<Visitor>;
}

/** Tells who has signed; undefined when nobody did. */
export type Visitor = () => Signer | undefined;

export type AuthStack = Pick<Stack, 'clock' | 'ids' | 'storage' | 'settings'>;

/** `binds`: whether policies bind users. */
export function authenticator(mode: AuthMode, stack: AuthStack, binds = false): Authenticator {
  return mode === 'strict' ? new StrictAuth(stack, binds) : new LooseAuth(stack, mode === 'parse');
}

/** Principals remembered by access key and region; a flood of made-up keys starts it anew. */
const MOST_REMEMBERED = 1_000;

class LooseAuth implements Authenticator {
  readonly #stack: AuthStack;
  readonly #refusesUnsigned: boolean;
  readonly #known = new Map<string, Principal>();
  readonly #nobody: Principal;
  #access: Access | undefined;

  constructor(stack: AuthStack, refusesUnsigned: boolean) {
    const { account, region } = stack.settings;
    this.#stack = stack;
    this.#refusesUnsigned = refusesUnsigned;
    const identity = rootIdentity(account, '');
    this.#nobody = principal({ region, identity, signed: false, verified: false });
  }

  caller(request: Request, routed: Routed): Principal {
    const scope = credentialScope(request);
    if (scope) return this.#named(request, scope);
    if (this.#refusesUnsigned && !isUnsigned(routed)) {
      const fault = { kind: 'missing', message: MISSING_TOKEN } as const;
      throw authError(fault, routed.protocol, routed.service);
    }
    // Without a signature the host may tell the region; AWS's hosts do.
    const region = regionInHost(request.header('host') ?? '');
    return region === undefined ? this.#nobody : { ...this.#nobody, region };
  }

  visitor(request: Request): Visitor {
    return () => {
      const scope = credentialScope(request);
      return scope && signerOf(this.#named(request, scope));
    };
  }

  #named(request: Request, scope: CredentialScope): Principal {
    const { accessKey } = scope;
    const key = `${scope.region}/${accessKey}`;
    const token = accessKey.startsWith('ASIA') ? tokenOf(request) : undefined;
    if (token?.startsWith(TOKEN_PREFIX)) {
      const identity = this.#ofToken(token, accessKey);
      if (identity) return this.#made(scope.region, identity);
    }
    const before = this.#known.get(key);
    if (before) return before;
    const account = accountOf(accessKey) ?? this.#stack.settings.account;
    const found = this.#made(scope.region, rootIdentity(account, accessKey));
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  #made(region: string, identity: Identity): Principal {
    const { settings } = this.#stack;
    const parts = { region: region || settings.region, identity };
    return principal({ ...parts, signed: true, verified: false });
  }

  /** A session of ours is who it says, although nobody checks that it signed. */
  #ofToken(token: string, accessKey: string): Identity | undefined {
    this.#access ??= accessOf(this.#stack);
    const identity = openToken(this.#access.vault, token)?.identity;
    return identity?.accessKey === accessKey ? identity : undefined;
  }
}

function tokenOf(request: Request): string | undefined {
  const header = request.header('x-amz-security-token');
  if (header !== undefined || !request.query.includes('X-Amz-Security-Token')) return header;
  return new URLSearchParams(request.query).get('X-Amz-Security-Token') ?? undefined;
}

export function signerOf({ identity, verified }: Pick<Principal, 'identity' | 'verified'>): Signer {
  const { account, arn, accessKey, userId } = identity;
  return { account, arn, accessKey, userId, verified, identity };
}

/**
 * Who an operation is done as that one of our own paths is asked for: whoever has signed the
 * request, or the root of another account. Where signatures are checked, only the root of the
 * server's own account may be that, who may make keys for it too.
 */
export function actingAs(
  signer: Signer | undefined,
  asked: { readonly account?: string; readonly region?: string },
  settings: Pick<AuthStack['settings'], 'account' | 'region'>,
): Principal {
  const verified = signer?.verified === true;
  const region = asked.region ?? settings.region;
  const account = asked.account ?? signer?.account ?? settings.account;
  const identity = signer?.identity ?? rootIdentity(account, '');
  if (identity.account === account) return principal({ region, identity, signed: true, verified });
  const isOperator = identity.arn === rootArn(settings.account) && !identity.session?.policy;
  if (verified && !isOperator) {
    const said = `User: ${identity.arn} is not authorized to act in account ${account}`;
    throw new AwsError('AccessDeniedException', said, { status: 403 });
  }
  const other = rootIdentity(account, identity.accessKey);
  return principal({ region, identity: other, signed: true, verified });
}

/** Links in SNS's letters lead here without a signature. */
const BY_LINK = new Set(['sns:ConfirmSubscription', 'sns:Unsubscribe']);

/** Whether AWS takes the operation without credentials. */
export function isUnsigned({ service, operation }: Pick<Routed, 'service' | 'operation'>): boolean {
  if (BY_LINK.has(`${service}:${operation}`)) return true;
  return modelOf(service).operation(operation)?.unsigned === true;
}

/**
 * The account that an access key names where nobody checks: a key of twelve digits is the account,
 * and keys that begin with LKIA or LSIA carry it inside, as LocalStack's do.
 */
export function accountOf(accessKey: string): string | undefined {
  if (/^\d{12}$/.test(accessKey)) return accessKey;
  return /^L[KS]IA/.test(accessKey) ? accountIn(accessKey) : undefined;
}
