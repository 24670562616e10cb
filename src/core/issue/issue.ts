/**
 * From a granted decision to a signed token (RFC 9068): which claims, for how long, under which
 * key. Nothing of the subject token is copied but its origin and what the rule's templates name.
 */
import { base64url, SignJWT } from 'jose'
import type { IssuedTokenClaims, SigningAlgorithm, TokenTyp } from '../../protocol/token.ts'
import { MAX_RENDERED_BYTES, RANDOM_ID_BYTES } from '../limits.ts'
import { Unavailable } from '../ports.ts'
import { deny, ok, type Result } from '../result.ts'
import { readScalar, type VerifiedIdentity } from '../subject/identity.ts'
import { isWithinBytes, renderTemplate, type Sha256, type Template } from '../template.ts'
import { type KeyRing, selectSigningKey } from './keyring.ts'

/** What is to be issued, gathered from the decision and the request. */
export type Issuance = {
  /** The gateway's own issuer URL. */
  readonly gatewayIssuer: string
  readonly identity: VerifiedIdentity
  /** The issuer's name in the trust document: it prefixes the default subject. */
  readonly issuerName: string
  readonly rule: string
  readonly resource: string
  readonly algorithm: SigningAlgorithm | undefined
  readonly typ: TokenTyp
  readonly scopes: readonly string[]
  /** The least of asked, rule's, resource's and deployment's. */
  readonly lifetimeSeconds: number
  readonly subject: Template | undefined
  readonly claims: readonly { readonly name: string; readonly template: Template }[]
  readonly revision: number
  /** Epoch seconds. */
  readonly issuedAt: number
}

export type IssuedToken = {
  readonly token: string
  readonly tokenId: string
  readonly keyId: string
  readonly scope: string
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly lifetimeSeconds: number
}

export type IssuePorts = {
  readonly keyRing: KeyRing
  readonly randomBytes: (length: number) => Uint8Array
  readonly sha256: Sha256
}

/** Throws `Unavailable` when no key of the resource's algorithm is active. */
export async function issue(issuance: Issuance, ports: IssuePorts): Promise<Result<IssuedToken>> {
  const { identity, issuedAt, lifetimeSeconds } = issuance
  const key = selectSigningKey(ports.keyRing, issuance.algorithm, issuedAt)
  if (key === undefined) throw new Unavailable('signing_key')
  const subject = await renderSubject(issuance, ports.sha256)
  if (subject === undefined) return deny({ reason: 'template_unrenderable', at: 'subject' })
  const own = await renderClaims(issuance, ports.sha256)
  if (!own.ok) return own
  const tokenId = base64url.encode(ports.randomBytes(RANDOM_ID_BYTES))
  const expiresAt = issuedAt + lifetimeSeconds
  const scope = issuance.scopes.join(' ')
  const claims: IssuedTokenClaims = {
    iss: issuance.gatewayIssuer,
    sub: subject,
    aud: issuance.resource,
    exp: expiresAt,
    iat: issuedAt,
    jti: tokenId,
    client_id: issuance.rule,
    scope,
    origin: {
      iss: identity.issuer,
      sub: identity.subject,
      ...(identity.tokenId === undefined ? {} : { jti: identity.tokenId }),
    },
    rev: issuance.revision,
  }
  const token = await new SignJWT({ ...own.value, ...claims })
    .setProtectedHeader({ typ: issuance.typ, alg: key.algorithm, kid: key.keyId })
    .sign(key.privateKey)
  return ok({ token, tokenId, keyId: key.keyId, scope, expiresAt, lifetimeSeconds })
}

/** By default the issuer's name and its subject: two issuers can never share one (ISS-02). */
async function renderSubject(issuance: Issuance, sha256: Sha256): Promise<string | undefined> {
  const { identity, issuerName, subject } = issuance
  if (subject !== undefined) {
    return renderTemplate(subject, (path) => readScalar(identity.claims, path), sha256)
  }
  const plain = `${issuerName}:${identity.subject}`
  return isWithinBytes(plain, MAX_RENDERED_BYTES) ? plain : undefined
}

async function renderClaims(
  issuance: Issuance,
  sha256: Sha256,
): Promise<Result<Record<string, string>>> {
  const rendered: Record<string, string> = {}
  for (const { name, template } of issuance.claims) {
    const read = (path: readonly string[]) => readScalar(issuance.identity.claims, path)
    const value = await renderTemplate(template, read, sha256)
    if (value === undefined) return deny({ reason: 'template_unrenderable', at: name })
    rendered[name] = value
  }
  return ok(rendered)
}
