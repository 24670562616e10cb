/**
 * One issuer of the dev issuer: its keys, what it mints, how often it was asked, and how it
 * misbehaves when told to. HTTP is `issuer.ts`' work.
 */
import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { type Claims, findClaimSet, listClaimSets, mergeClaims, placeClaims } from './claim-sets.ts'

export type MintRequest = {
  /** A provider of `claim-sets.json`. */
  readonly provider: string
  /** The `aud` claim; an array where the provider sends one. */
  readonly audience: string
  /** Merged over the provider's claims; null removes one. */
  readonly claims?: Claims
  /** Claims that stand in the token exactly so, null included; nothing is merged into them. */
  readonly exactClaims?: Claims
  /** `exp` minus `iat`; the provider's own by default. */
  readonly lifetimeSeconds?: number
  /** The provider's own by default. */
  readonly algorithm?: string
  /** Merged over the JOSE header, `typ` included. */
  readonly header?: Claims
}

/** Ways to misbehave, for people who test what their gateway does about it. */
export const BEHAVIOURS = [
  'normal',
  'down',
  'slow',
  'huge',
  'redirect',
  'wrong_issuer',
  'foreign_keys',
  'html',
  'empty',
  'garbage',
] as const
export type Behaviour = (typeof BEHAVIOURS)[number]

export type RealmRequests = { readonly discovery: number; readonly jwks: number }

/** The request cannot be met; the message says what to change. */
export class MintRefused extends Error {}

type SigningKey = {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK & { readonly kid: string }
}

/** Keys a new issuer publishes from the start; others join when a token first needs them. */
const FIRST_ALGORITHMS = ['RS256', 'ES256'] as const
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

export type Realm = {
  readonly issuer: string
  readonly mint: (request: MintRequest) => Promise<string>
  readonly rotate: (options: { readonly keepOld: boolean }) => Promise<void>
  readonly keySet: () => Promise<{ readonly keys: readonly JWK[] }>
  readonly behaviour: { discovery: Behaviour; jwks: Behaviour }
  readonly requests: { discovery: number; jwks: number }
}

export function createRealm(issuer: string, now: () => number): Realm {
  let signing: readonly SigningKey[] = []
  let retired: readonly SigningKey[] = []

  async function makeKeys(algorithms: readonly string[]): Promise<readonly SigningKey[]> {
    return Promise.all(algorithms.map(makeKey))
  }

  async function ready(): Promise<readonly SigningKey[]> {
    if (signing.length === 0) {
      const made = await makeKeys(FIRST_ALGORITHMS)
      if (signing.length === 0) signing = made
    }
    return signing
  }

  async function keyFor(algorithm: string): Promise<SigningKey> {
    const present = (await ready()).find(({ alg }) => alg === algorithm)
    if (present !== undefined) return present
    const made = await makeKey(algorithm)
    signing = [...signing, made]
    return made
  }

  return {
    issuer,
    behaviour: { discovery: 'normal', jwks: 'normal' },
    requests: { discovery: 0, jwks: 0 },
    async mint(request) {
      const set = findClaimSet(request.provider)
      if (set === undefined) {
        throw new MintRefused(`provider must be one of ${listClaimSets().join(', ')}`)
      }
      const algorithm = request.algorithm ?? set.algorithm
      if (!ALGORITHMS.some((known) => known === algorithm)) {
        throw new MintRefused(`algorithm must be one of ${ALGORITHMS.join(', ')}`)
      }
      const { publicJwk, privateKey } = await keyFor(algorithm)
      const placed = placeClaims(set.claims, {
        issuer,
        audience: request.audience,
        at: now(),
        lifetimeSeconds: request.lifetimeSeconds,
        tokenId: randomUUID(),
      })
      const header = { typ: 'JWT', kid: publicJwk.kid, ...request.header, alg: algorithm }
      const claims = { ...mergeClaims(placed, request.claims ?? {}), ...request.exactClaims }
      return new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
    },
    async rotate({ keepOld }) {
      const before = await ready()
      const made = await makeKeys(before.map(({ alg }) => alg))
      retired = keepOld ? [...before, ...retired] : []
      signing = made
    },
    async keySet() {
      const keys = [...(await ready()), ...retired]
      return { keys: keys.map(({ publicJwk }) => publicJwk) }
    },
  }
}

async function makeKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048 })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg, privateKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}
