/**
 * Tells the origin who the caller is. Plain headers are for an origin that only this gateway can
 * reach; one signed header is for an origin that checks the signature. Only one form is sent, so
 * that the two cannot contradict each other.
 */
import { type JWK, SignJWT } from 'jose'
import { formatActors } from '../../protocol/token.ts'
import type { VerifiedToken } from '../../verify/index.ts'
import { demand, demandNames } from '../demand.ts'
import { plainName } from '../headers.ts'
import { IDENTITY_LIFETIME_SECONDS, MAX_IDENTITY_LIFETIME_SECONDS } from '../limits.ts'
import { parseIdentityKey } from './identity-key.ts'

/** Plain headers: `<prefix>subject`, `-scope`, `-client-id`, `-token-id`, `-expires-at`, `-actor`. */
export type HeaderIdentity = {
  readonly kind: 'headers'
  /** Begins with `x-` and ends with `-`, in lower case. Default: `x-edgemint-`. */
  readonly prefix?: string | undefined
}

/** One header with a JWT (`typ: edgemint-identity+jwt`) that your key signed. */
export type SignedIdentity = {
  readonly kind: 'signed'
  /** A private JSON Web Key with `alg`, as an object or as text. Keep it in a secret. */
  readonly key: JWK | string
  /** The `aud` of the JWT, which identifies the origin. */
  readonly audience: string
  /** Lifetime: 1 to 300 seconds. Default: 60. */
  readonly lifetimeSeconds?: number | undefined
  /** Name of the header. It begins with `x-`. Default: `x-edgemint-identity`. */
  readonly header?: string | undefined
  /** Claims of the access token that are copied into the member `claims`. Default: none. */
  readonly claims?: readonly string[] | undefined
}

/** How the verified identity reaches the origin. */
export type IdentityOptions = HeaderIdentity | SignedIdentity

/**
 * The `typ` of a signed identity. It differs from an access token's, so that only the origin
 * accepts it.
 */
const IDENTITY_TYP = 'edgemint-identity+jwt'

export type Identity = {
  /** Whether only this gateway may send a header with this plain name. */
  readonly isReserved: (plainName: string) => boolean
  /** Undefined if a value cannot be written into a header unchanged. */
  readonly write: (
    token: VerifiedToken,
    audience: string,
  ) => Promise<readonly (readonly [string, string])[] | undefined>
  readonly publicKeys: () => Promise<{ readonly keys: readonly JWK[] }>
}

type Clock = { readonly now: () => number; readonly clockSkewSeconds: number }

const HEADERS_NAMES = { kind: true, prefix: true } satisfies Record<keyof HeaderIdentity, true>
const SIGNED_NAMES = {
  kind: true,
  key: true,
  audience: true,
  lifetimeSeconds: true,
  header: true,
  claims: true,
} satisfies Record<keyof SignedIdentity, true>

/** Throws `TypeError`. The message names the option. */
export function createIdentity(options: IdentityOptions, clock: Clock): Identity {
  switch (options?.kind) {
    case 'headers':
      return createHeaderIdentity(options)
    case 'signed':
      return createSignedIdentity(options, clock)
  }
  throw new TypeError('edgemint/gateway: identity.kind must be "headers" or "signed"')
}

/** Words with one space between them, or nothing. A header loses the spaces around its value. */
const WRITABLE = /^(?:[\x21-\x7e]+(?: [\x21-\x7e]+)*)?$/

function createHeaderIdentity(options: HeaderIdentity): Identity {
  demandNames('identity', options, HEADERS_NAMES)
  const { prefix = 'x-edgemint-' } = options
  demand(
    typeof prefix === 'string' &&
      /^x-[a-z0-9]+(-[a-z0-9]+)*-$/.test(prefix) &&
      !prefix.startsWith('x-forwarded-'),
    'identity.prefix must look like "x-acme-" and must not be "x-forwarded-"',
  )
  return Object.freeze({
    isReserved: (name: string) => name.startsWith(prefix),
    write: async ({ subject, scopes, clientId, claims, expiresAt, actors }: VerifiedToken) => {
      const values: readonly (readonly [string, string])[] = [
        ['subject', subject],
        ['scope', scopes.join(' ')],
        ['client-id', clientId],
        ['token-id', String(claims.jti)],
        ['expires-at', String(expiresAt)],
        ['actor', formatActors(actors)],
      ]
      // Values are not encoded. An origin that does not decode them could confuse two subjects.
      if (!values.every(([, value]) => WRITABLE.test(value))) return undefined
      return values.map(([name, value]) => [`${prefix}${name}`, value] as const)
    },
    publicKeys: async () => ({ keys: [] }),
  })
}

function createSignedIdentity(options: SignedIdentity, clock: Clock): Identity {
  demandNames('identity', options, SIGNED_NAMES)
  const { audience, header = 'x-edgemint-identity', claims: copied = [] } = options
  const { lifetimeSeconds = IDENTITY_LIFETIME_SECONDS } = options
  demand(typeof audience === 'string' && audience !== '', 'identity.audience must name the origin')
  demand(
    Number.isInteger(lifetimeSeconds) &&
      lifetimeSeconds >= 1 &&
      lifetimeSeconds <= MAX_IDENTITY_LIFETIME_SECONDS,
    `identity.lifetimeSeconds must be from 1 to ${MAX_IDENTITY_LIFETIME_SECONDS}`,
  )
  demand(
    typeof header === 'string' &&
      /^x-[a-z0-9]+(-[a-z0-9]+)*$/.test(header) &&
      !header.startsWith('x-forwarded-'),
    'identity.header must look like "x-acme-identity"',
  )
  demand(
    Array.isArray(copied) && copied.every((name) => typeof name === 'string'),
    'identity.claims must be a list of claim names',
  )
  const loadKey = parseIdentityKey(options.key)
  return Object.freeze({
    isReserved: (name: string) => name === plainName(header),
    write: async (token: VerifiedToken, edge: string) => {
      const { algorithm, keyId, privateKey } = await loadKey()
      const at = clock.now()
      // The identity must not outlive the token.
      const end = Math.min(at + lifetimeSeconds, token.expiresAt + clock.clockSkewSeconds)
      const jwt = await new SignJWT({
        iss: edge,
        aud: audience,
        sub: token.subject,
        iat: at,
        exp: end,
        jti: crypto.randomUUID(),
        client_id: token.clientId,
        scope: token.scopes.join(' '),
        ...(token.actors.length === 0 ? {} : { act: token.claims.act }),
        token: { iss: token.claims.iss, jti: token.claims.jti },
        claims: pick(token.claims, copied),
      })
        .setProtectedHeader({ alg: algorithm, kid: keyId, typ: IDENTITY_TYP })
        .sign(privateKey)
      return [[header, jwt]] as const
    },
    publicKeys: async () => ({ keys: [(await loadKey()).publicJwk] }),
  })
}

function pick(claims: VerifiedToken['claims'], names: readonly string[]): object {
  const present = names.filter((name) => Object.hasOwn(claims, name))
  return Object.fromEntries(present.map((name) => [name, claims[name]]))
}
