/**
 * The form of the tokens that Edgemint issues (RFC 9068). The gateway writes it and the verifier
 * reads it.
 */

import type { TokenStatus } from './status/status-list.ts'

/** RFC 9068 §2.1. */
export const ACCESS_TOKEN_TYP = 'at+jwt'

/**
 * The possible values of the header `typ`. `JWT` (RFC 7519 §5.1) is for libraries that accept only
 * that. A resource of the trust document can request it. Admin tokens never have it.
 */
export const TOKEN_TYPS = [ACCESS_TOKEN_TYP, 'JWT'] as const
export type TokenTyp = (typeof TOKEN_TYPS)[number]

/**
 * Finds a `typ`. A media type is case-insensitive, and `application/` may be omitted (RFC 7515
 * §4.1.9).
 */
export function findTokenTyp(typ: unknown): TokenTyp | undefined {
  if (typeof typ !== 'string') return undefined
  const name = typ.toLowerCase().replace(/^application\//, '')
  return TOKEN_TYPS.find((known) => known.toLowerCase() === name)
}

/** Draft of the Identity Assertion JWT Authorization Grant, §3.1. */
export const ID_JAG_TYP = 'oauth-id-jag+jwt'

/** Draft of Transaction Tokens. A Txn-Token is no access token, and no API accepts it as one (TX-08). */
export const TXN_TYP = 'txntoken+jwt'

/** The kinds of tokens that an issuer entry can accept in addition. */
export const OPTIONAL_TOKEN_KINDS = ['access_token', 'id_jag', 'txn_token'] as const
export type OptionalTokenKind = (typeof OPTIONAL_TOKEN_KINDS)[number]

/**
 * The header `typ` of JWT-SVIDs, one of the two that the standard allows (JWT-SVID §2.3). No other
 * token has it, and it is no value of `TOKEN_TYPS`. Otherwise a JWT-SVID could be used as an access
 * token, and the reverse (OUT-01).
 */
export const SVID_TYP = 'JOSE'

/** The header `typ` of any token that the gateway issues. */
export type IssuedTyp = TokenTyp | typeof SVID_TYP

/** The header `typ` of a checkpoint of the decision log. It is no token: no API accepts it. */
export const CHECKPOINT_TYP = 'edgemint-checkpoint+jwt'

/**
 * The header `typ` of a security event token (RFC 8417 §2.3). The gateway sends its alerts as such
 * tokens. No API accepts one as an access token.
 */
export const SECURITY_EVENT_TYP = 'secevent+jwt'
/** The type of an alert follows it in the name of the event. */
export const ALERT_EVENT_PREFIX = 'urn:edgemint:event:'

/**
 * The header `typ` of a signed answer of `/introspect`, and its media type (RFC 9701 §4). It is no
 * token: no API accepts it.
 */
export const INTROSPECTION_TYP = 'token-introspection+jwt'
export const INTROSPECTION_CONTENT_TYPE = 'application/token-introspection+jwt'

/** The signature algorithms of issued tokens, by their names in the JOSE registry. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'Ed25519', 'EdDSA', 'ES384', 'PS256'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** The origin of an issued token. With it, a log of the resource can be traced back to the job. */
export type TokenOrigin = {
  readonly iss: string
  readonly sub: string
  readonly jti?: string
}

/**
 * A token from which another one descends, because a gateway exchanged it for that one or for an
 * ancestor of that one. Whoever revokes an ancestor revokes its descendants.
 */
export type TokenAncestor = Pick<IssuedTokenClaims, 'jti' | 'iat' | 'client_id' | 'aud'> & {
  /** It was the token of an actor, or an ancestor of such a token. It gave no rights. */
  readonly actor?: true
  /**
   * Who got the token of an actor. Only the first token of an actor has it, because it is the same along
   * a chain. Absent from tokens that gateways before 0.3 have issued.
   */
  readonly origin?: Pick<TokenOrigin, 'iss' | 'sub'>
  /** The key that signed it. Absent from tokens that gateways before 0.3 have issued. */
  readonly kid?: string | undefined
}

/** `cnf` of a bound token (RFC 7800): the key of DPoP proofs, or a client certificate (RFC 8705). */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string }

/** A SHA-256 in base64url. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/

/** Undefined for any other form, such as two bindings at once. The token is then not usable. */
export function readConfirmation(cnf: unknown): Confirmation | undefined {
  if (typeof cnf !== 'object' || cnf === null) return undefined
  const [[name, value] = [], ...more] = Object.entries(cnf)
  if (more.length > 0 || typeof value !== 'string' || !THUMBPRINT.test(value)) return undefined
  if (name === 'jkt') return { jkt: value }
  return name === 'x5t#S256' ? { 'x5t#S256': value } : undefined
}

/** RFC 9449 §5. A token that is bound to a certificate stays a bearer token (RFC 8705 §3). */
export function tokenTypeOf(cnf: Confirmation | undefined): 'Bearer' | 'DPoP' {
  return cnf !== undefined && 'jkt' in cnf ? 'DPoP' : 'Bearer'
}

/** The claims of every issued token. A rule can add more. */
export type IssuedTokenClaims = {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  /** Epoch seconds. */
  readonly exp: number
  /** Epoch seconds. */
  readonly iat: number
  readonly jti: string
  /** The name of the rule that granted it. */
  readonly client_id: string
  /** Space-separated (RFC 8693 §4.2). */
  readonly scope: string
  readonly origin: TokenOrigin
  /** The revision of the trust document that allowed it. */
  readonly rev: number
  /** The ancestors, the oldest first. Absent if it was not issued for a token of this gateway. */
  readonly anc?: readonly TokenAncestor[]
  /** Absent if the token is not bound. */
  readonly cnf?: Confirmation
  /** Who acts for the subject. Absent if the subject acts for itself. */
  readonly act?: ActorClaim
  /** Where its status is published, if the resource uses a status list. */
  readonly status?: TokenStatus
}

/** Reads the ancestors of a token. Undefined if they have another form. */
export function readAncestors({
  anc = [],
}: {
  readonly anc?: unknown
}): readonly TokenAncestor[] | undefined {
  return Array.isArray(anc) && anc.every(isAncestor) ? anc : undefined
}

/** The ancestors, or none if they have another form: an earlier release let rules set the claim. */
export function ancestorsOf(claims: { readonly anc?: unknown }): readonly TokenAncestor[] {
  return readAncestors(claims) ?? []
}

function isAncestor(value: unknown): value is TokenAncestor {
  if (typeof value !== 'object' || value === null) return false
  const { jti, iat, client_id, aud, kid = '', origin } = value as Partial<Record<string, unknown>>
  const { iss = '', sub = '' } = Object(origin)
  const texts = [jti, client_id, aud, kid, iss, sub]
  return typeof iat === 'number' && texts.every((text) => typeof text === 'string')
}

/** The consumers of issued tokens that a resource can be for. `core/policy/presets` has their data. */
export const PRESET_NAMES = [
  'aws',
  'google',
  'entra',
  'vault',
  'openbao',
  'kubernetes',
  'snowflake',
  'databricks',
  'fulcio',
  'spiffe',
  'google-clients',
] as const
export type PresetName = (typeof PRESET_NAMES)[number]

/** One actor: the issuer and the subject of the token that proved it. */
export type ActorName = { readonly iss: string; readonly sub: string }

/** The current actor. `act` has the actors before it, the newest outermost. */
export type ActorClaim = ActorName & { readonly act?: ActorClaim }

/**
 * Returns the actors of a claim `act`, the current one first. None if the claim is absent, and
 * undefined if it has another form.
 */
export function readActors(act: unknown): readonly ActorName[] | undefined {
  const actors: ActorName[] = []
  for (let next = act; next !== undefined; ) {
    if (typeof next !== 'object' || next === null) return undefined
    const { iss, sub, act: former } = next as Partial<Record<string, unknown>>
    if (typeof iss !== 'string' || typeof sub !== 'string') return undefined
    actors.push({ iss, sub })
    next = former
  }
  return actors
}

/** Returns the claim for a list of actors, the current one first. Undefined for none. */
export function nestActors(actors: readonly ActorName[]): ActorClaim | undefined {
  return actors.reduceRight<ActorClaim | undefined>(
    (act, { iss, sub }) => (act === undefined ? { iss, sub } : { iss, sub, act }),
    undefined,
  )
}

/**
 * Writes the actors as the value of a header: issuer and subject of each, separated by a space, and
 * a comma between two actors. Both are percent-encoded where they have another character than visible
 * ASCII, a comma or a percent sign. Otherwise one actor could be read as two (EXC-11).
 */
export function formatActors(actors: readonly ActorName[]): string {
  return actors.map(({ iss, sub }) => `${encodeName(iss)} ${encodeName(sub)}`).join(',')
}

function encodeName(text: string): string {
  // A lone surrogate has no UTF-8 form.
  const well = text.replace(/\p{Cs}/gu, '\ufffd')
  return well.replace(/[^\x21-\x24\x26-\x2b\x2d-\x7e]+/gu, encodeURIComponent)
}
