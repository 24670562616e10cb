/**
 * The options of a verifier: their types, defaults and checks. The checks run when the verifier is
 * created, so that a mistake stops the start of an API instead of its first request.
 */
import { isScopeToken } from '../protocol/scope.ts'
import { ACCESS_TOKEN_TYP, TOKEN_TYPS, type TokenTyp } from '../protocol/token.ts'
import { findGatewayIssuerFault } from '../web/issuer-url.ts'
import { describeFault } from '../web/url-spelling.ts'
import type { ActorNeed } from './claims.ts'
import { demand, demandNames } from './demand.ts'
import { isMetadataUrl } from './keys/address.ts'
import {
  CLOCK_SKEW_SECONDS,
  MAX_CLOCK_SKEW_SECONDS,
  MAX_NUMERIC_DATE,
  MAX_REVOCATION_MAX_AGE_SECONDS,
  REVOCATION_MAX_AGE_SECONDS,
} from './limits.ts'
import {
  PROOF_OPTION_NAMES,
  type ProofOptions,
  type ProofSettings,
  parseProofOptions,
} from './proof/proof-options.ts'
import {
  type ClaimRequirement,
  parseRequiredClaims,
  type RequiredClaims,
} from './required-claims.ts'

/**
 * How the verifier learns that a token was revoked. `'none'`: it does not check, and accepts a token
 * until it expires. `{ introspect: true }`: it asks the gateway (RFC 7662) and caches the answer for
 * `maxAgeSeconds`: 0 to 60, default 10. `{ statusList: true }`: it reads the status list that the
 * token names (a draft), and refuses a token that names none.
 */
export type RevocationOptions =
  | 'none'
  | { readonly introspect: true; readonly maxAgeSeconds?: number | undefined }
  | { readonly statusList: true }

/** Requirements on a token: options of `createVerifier` and of `verifier.narrow`. */
export type TokenNeeds = {
  /** Scopes that a token must have, all of them. Default: none. */
  readonly scopes?: readonly string[] | undefined
  /**
   * Claims that a token must have, with exactly this value or one of these values. Any other token
   * is refused with `invalid_token` (401). Default: none.
   */
  readonly claims?: RequiredClaims | undefined
  /**
   * Whether a token must name an actor that acts for its subject (RFC 8693 §4.1). `'required'` and
   * `'forbidden'` refuse any other token with `invalid_token` (401). Default: `'optional'`.
   */
  readonly actor?: ActorNeed | undefined
}

/** Options of `createVerifier`, of every `requireToken`, and of `withToken`. */
export type VerifierOptions = TokenNeeds &
  ProofOptions & {
    /**
     * The gateway's issuer URL, exactly as in its metadata: https, no trailing slash. Plain http is
     * accepted only for a loopback address or localhost.
     */
    readonly issuer: string
    /**
     * The `aud` of tokens for this API (RFC 9068 §4): the URI of its resource in the gateway's trust
     * document, or the `audience` of that resource.
     */
    readonly audience: string
    /**
     * The header `typ` that tokens must have: `'at+jwt'`, or `'JWT'` if the trust document has
     * `typ: JWT` for this resource. A list accepts each of its values, for use during a change.
     * Default: `'at+jwt'`.
     */
    readonly typ?: TokenTyp | readonly TokenTyp[] | undefined
    /** How far the clocks may differ, in seconds: 0 to 60. Default: 30. */
    readonly clockSkewSeconds?: number | undefined
    /** Default: `'none'`. */
    readonly revocation?: RevocationOptions | undefined
    /** The `realm` of the challenges (RFC 6750 §3). Default: none. */
    readonly realm?: string | undefined
    /**
     * The URL of this API's metadata, such as `describeResource(…).url`. The challenges then contain
     * it (RFC 9728 §5.1). Default: none.
     */
    readonly resourceMetadata?: string | undefined
    /** The `fetch` for requests to the gateway. Default: the platform's `fetch`. */
    readonly fetch?: typeof fetch | undefined
    /** The clock, in epoch seconds, with or without a fraction. Default: the platform's. */
    readonly now?: (() => number) | undefined
  }

/** The options after the checks, with the defaults filled in. */
export type VerifierSettings = {
  readonly issuer: string
  readonly audience: string
  readonly typs: readonly TokenTyp[]
  readonly scopes: readonly string[]
  readonly claims: readonly ClaimRequirement[]
  readonly actor: ActorNeed
  readonly clockSkewSeconds: number
  /** Undefined if the verifier does not use introspection. */
  readonly revocationMaxAgeSeconds: number | undefined
  readonly checksStatusList: boolean
  readonly realm: string | undefined
  readonly resourceMetadata: string | undefined
  readonly proof: ProofSettings
  readonly fetch: typeof fetch
  readonly now: () => number
}

const OPTION_NAMES = {
  issuer: true,
  audience: true,
  typ: true,
  scopes: true,
  claims: true,
  actor: true,
  clockSkewSeconds: true,
  revocation: true,
  realm: true,
  resourceMetadata: true,
  ...PROOF_OPTION_NAMES,
  fetch: true,
  now: true,
} satisfies Record<keyof VerifierOptions, true>
const NEED_NAMES = { scopes: true, claims: true, actor: true } satisfies Record<
  keyof TokenNeeds,
  true
>

const ACTOR_NEEDS: readonly ActorNeed[] = ['required', 'forbidden', 'optional']

/** Characters that need no escape in a quoted string (RFC 9110 §5.6.4). */
const REALM = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/

/** Checks the options. Throws `TypeError` if one is wrong. The message names the option. */
export function parseOptions(options: VerifierOptions): VerifierSettings {
  demandNames(options, OPTION_NAMES)
  const { issuer, audience, clockSkewSeconds = CLOCK_SKEW_SECONDS } = options
  const { realm, resourceMetadata } = options
  demand(typeof issuer === 'string', 'issuer must be the https URL of the gateway')
  // No token would match another spelling of the issuer (PR-02).
  const fault = findGatewayIssuerFault(issuer)
  demand(fault === undefined, `issuer ${fault === undefined ? '' : describeFault(fault)}`)
  demand(
    typeof audience === 'string' && /^\S+$/.test(audience),
    'audience must be the URI of this API, without spaces or line ends',
  )
  demand(
    isSeconds(clockSkewSeconds, MAX_CLOCK_SKEW_SECONDS),
    `clockSkewSeconds must be from 0 to ${MAX_CLOCK_SKEW_SECONDS}`,
  )
  demand(
    realm === undefined || (typeof realm === 'string' && REALM.test(realm)),
    'realm must be printable ASCII without quotes and backslashes',
  )
  demand(
    resourceMetadata === undefined || isMetadataUrl(resourceMetadata),
    'resourceMetadata must be an https URL without a fragment',
  )
  return Object.freeze({
    issuer,
    audience,
    typs: parseTyps(options.typ),
    ...parseNeeds(options),
    clockSkewSeconds,
    ...parseRevocation(options.revocation),
    realm,
    resourceMetadata,
    proof: Object.freeze(parseProofOptions(options, audience)),
    ...parsePorts(options),
  })
}

/** Returns the settings with additional requirements. It removes none. */
export function narrowSettings(settings: VerifierSettings, needs: TokenNeeds): VerifierSettings {
  demandNames(needs, NEED_NAMES)
  const { scopes, claims, actor } = parseNeeds(needs)
  const isOpen = actor === 'optional' || settings.actor === 'optional'
  demand(isOpen || actor === settings.actor, 'actor cannot be both "required" and "forbidden"')
  return Object.freeze({
    ...settings,
    actor: actor === 'optional' ? settings.actor : actor,
    scopes: Object.freeze([...new Set([...settings.scopes, ...scopes])]),
    claims: Object.freeze([...settings.claims, ...claims]),
  })
}

function parseNeeds(needs: TokenNeeds): Pick<VerifierSettings, 'scopes' | 'claims' | 'actor'> {
  const { scopes = [], actor = 'optional' } = needs
  demand(Array.isArray(scopes) && scopes.every(isScope), 'scopes must be a list of single scopes')
  demand(ACTOR_NEEDS.includes(actor), 'actor must be "required", "forbidden" or "optional"')
  const claims = parseRequiredClaims(needs.claims)
  return { scopes: Object.freeze([...new Set(scopes)]), claims, actor }
}

function parseTyps(typ: VerifierOptions['typ'] = ACCESS_TOKEN_TYP): readonly TokenTyp[] {
  const typs = Array.isArray(typ) ? typ : [typ]
  demand(
    typs.length > 0 && typs.every((one) => TOKEN_TYPS.includes(one)),
    'typ must be "at+jwt", "JWT" or a list of these',
  )
  return Object.freeze([...typs])
}

/**
 * Returns `fetch` and `now`. The default looks up the global `fetch` at each call and calls it as a
 * function, because workerd does not allow another `this`.
 */
function parsePorts(options: VerifierOptions): Pick<VerifierSettings, 'fetch' | 'now'> {
  const { fetch: send = (input, init) => fetch(input, init), now = readClock } = options
  demand(typeof send === 'function', 'fetch must be a function')
  demand(typeof now === 'function', 'now must be a function')
  const at: unknown = now()
  demand(typeof at === 'number' && at < MAX_NUMERIC_DATE, 'now must return epoch seconds')
  return { fetch: send, now }
}

function parseRevocation(
  revocation: VerifierOptions['revocation'] = 'none',
): Pick<VerifierSettings, 'revocationMaxAgeSeconds' | 'checksStatusList'> {
  const none = { revocationMaxAgeSeconds: undefined, checksStatusList: false }
  if (revocation === 'none') return none
  const has = (...names: readonly string[]) =>
    Object.keys(revocation).every((name) => names.includes(name))
  const isObject = typeof revocation === 'object' && revocation !== null
  if (
    isObject &&
    'statusList' in revocation &&
    revocation.statusList === true &&
    has('statusList')
  ) {
    return { ...none, checksStatusList: true }
  }
  demand(
    isObject &&
      'introspect' in revocation &&
      revocation.introspect === true &&
      has('introspect', 'maxAgeSeconds'),
    'revocation must be "none", { introspect: true, maxAgeSeconds } or { statusList: true }',
  )
  const { maxAgeSeconds = REVOCATION_MAX_AGE_SECONDS } = revocation
  demand(
    isSeconds(maxAgeSeconds, MAX_REVOCATION_MAX_AGE_SECONDS),
    `revocation.maxAgeSeconds must be from 0 to ${MAX_REVOCATION_MAX_AGE_SECONDS}`,
  )
  return { ...none, revocationMaxAgeSeconds: maxAgeSeconds }
}

export function isScope(value: unknown): boolean {
  return typeof value === 'string' && isScopeToken(value)
}

function isSeconds(value: unknown, most: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= most
}

function readClock(): number {
  return Math.floor(Date.now() / 1000)
}
