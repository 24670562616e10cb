/**
 * Makes a signed JWT (RFC 9068) from a granted decision. The subject and claims are already
 * rendered, the key is selected and the length is checked, so no denial is possible here. From the
 * subject token, the issued token contains only its origin and the claims that the rule's templates
 * name.
 */
import {
  STATUS_LIST_ENTRIES,
  type StatusPosition,
  statusListUri,
  type TokenStatus,
} from '../../protocol/status/status-list.ts'
import {
  type IssuedTokenClaims,
  type IssuedTyp,
  type SigningAlgorithm,
  SVID_TYP,
} from '../../protocol/token.ts'
import type { FindMint, Issuance, IssuedToken, Mint } from '../issuance.ts'
import { RANDOM_ID_BYTES } from '../limits.ts'
import { type NewTokenId, Unavailable } from '../ports.ts'
import { tokenIdAt, tokenIdOf } from './ids.ts'
import { type KeyRing, type RingKey, selectSigningKey } from './keyring.ts'
import { countJwt, createJwtSigner, type SignJwt } from './signed-jwt.ts'

/** Creates the mint of this gateway's own tokens. Undefined if it has no signing key. */
export function createTokenMint(ring: KeyRing, newTokenId: NewTokenId): FindMint | undefined {
  if (ring.keys.length === 0) return undefined
  const mints = new Map(ring.keys.map((key): [RingKey, Mint] => [key, createMint(key, newTokenId)]))
  // Which key signs changes only with the second.
  const chosen = new Map<SigningAlgorithm | readonly SigningAlgorithm[] | undefined, Mint>()
  let chosenAt = Number.NaN
  function mintOf(key: RingKey | undefined): Mint {
    const mint = key === undefined ? undefined : mints.get(key)
    if (mint === undefined) throw new Unavailable('signing_key')
    return mint
  }
  return function findMint({ algorithm, preset }, at, isRevokedKey) {
    // While a key is revoked, another one signs.
    if (isRevokedKey !== undefined) {
      const keys = ring.keys.filter(({ keyId }) => !isRevokedKey(keyId))
      return mintOf(selectSigningKey({ keys }, algorithm, at, preset?.algorithms))
    }
    if (at !== chosenAt) chosen.clear()
    chosenAt = at
    const wanted = algorithm ?? preset?.algorithms
    const known = chosen.get(wanted)
    if (known !== undefined) return known
    const mint = mintOf(selectSigningKey(ring, algorithm, at, preset?.algorithms))
    chosen.set(wanted, mint)
    return mint
  }
}

/** Creates the mint of one key. A mint throws only if the runtime cannot sign. */
function createMint(key: RingKey, newTokenId: NewTokenId): Mint {
  const { keyId, algorithm } = key
  const headerOf = (typ: IssuedTyp) => ({ typ, alg: algorithm, kid: keyId })
  const signerOf = (typ: IssuedTyp) => createJwtSigner(headerOf(typ), key.sign)
  const signers = {
    'at+jwt': signerOf('at+jwt'),
    JWT: signerOf('JWT'),
    [SVID_TYP]: signerOf(SVID_TYP),
  } satisfies Record<IssuedTyp, SignJwt>
  async function mint(issuance: Issuance): Promise<IssuedToken> {
    const claims = claimsOf(issuance, newTokenId())
    const token = await signers[issuance.resource.typ](contentOf(issuance, claims))
    const { jti, scope, exp } = claims
    const { lifetimeSeconds, confirmation } = issuance
    return { token, tokenId: jti, keyId, scope, expiresAt: exp, lifetimeSeconds, confirmation }
  }
  function measure(issuance: Issuance): number {
    const statusIndex = issuance.resource.hasStatusList ? LONGEST_POSITION : undefined
    const claims = claimsOf({ ...issuance, statusIndex }, ANY_ID)
    const content = contentOf(issuance, claims)
    return countJwt(headerOf(issuance.resource.typ), content, signatureBytes(key))
  }
  return Object.assign(mint, { keyId, measure })
}

/** All ids have one length. */
const ANY_ID = tokenIdOf(new Uint8Array(RANDOM_ID_BYTES))
const LONGEST_POSITION: StatusPosition = { list: 'AAAA', index: STATUS_LIST_ENTRIES - 1 }

/** A signature of RSA is as long as the modulus. */
function signatureBytes({ algorithm, publicJwk: { n } }: RingKey): number {
  if (n !== undefined) return Math.floor((n.length * 3) / 4)
  return algorithm === 'ES384' ? 96 : 64
}

/** The claims of the token: those of the grant, and those that only the gateway sets. */
function contentOf({ resource, claims }: Issuance, own: IssuedTokenClaims): object {
  return { ...claims, ...(resource.typ === SVID_TYP ? withoutRights(own) : own) }
}

function claimsOf(issuance: Issuance, tokenId: string): IssuedTokenClaims {
  const { identity, issuedAt, statusIndex } = issuance
  return {
    iss: issuance.gatewayIssuer,
    sub: issuance.subject,
    aud: issuance.resource.audience,
    exp: issuedAt + issuance.lifetimeSeconds,
    iat: issuedAt,
    jti: statusIndex === undefined ? tokenId : tokenIdAt(statusIndex, tokenId),
    client_id: issuance.rule,
    scope: issuance.scopes.join(' '),
    // Along a chain, the origin stays the job that began it.
    origin: issuance.descent?.origin ?? {
      iss: identity.issuer,
      sub: identity.subject,
      ...(identity.tokenId === undefined ? {} : { jti: identity.tokenId }),
    },
    rev: issuance.revision,
    ...(issuance.descent === undefined ? {} : { anc: issuance.descent.anc }),
    ...(issuance.confirmation === undefined ? {} : { cnf: issuance.confirmation }),
    ...(issuance.act === undefined ? {} : { act: issuance.act }),
    ...(statusIndex === undefined ? {} : { status: statusOf(issuance.gatewayIssuer, statusIndex) }),
  }
}

function statusOf(issuer: string, { list, index }: StatusPosition): TokenStatus {
  return { status_list: { idx: index, uri: statusListUri(issuer, list) } }
}

/** A JWT-SVID names a workload and grants nothing (JWT-SVID §3). */
function withoutRights(claims: IssuedTokenClaims): object {
  const { client_id: _client, scope: _scope, ...identity } = claims
  return identity
}
