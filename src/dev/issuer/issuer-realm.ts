/**
 * One issuer of the dev issuer: its keys, the tokens it mints, its request counts, and its
 * configured faults. `issuer.ts` serves it by HTTP.
 */

import { randomUUID } from 'node:crypto'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  SignJWT,
} from 'jose'
import { type Claims, findClaimSet, listClaimSets } from '../../core/providers/examples.ts'
import { encodeBase64Url } from '../../web/base64.ts'
import { mergeClaims, placeClaims } from './claim-sets.ts'
import { type KeyForm, spellKeys } from './key-forms.ts'

/** Which token to mint. */
export type MintRequest = {
  /** A provider of `claim-sets.json`. */
  readonly provider: string
  /** The `aud` claim. It becomes an array if the provider uses an array. */
  readonly audience: string
  /** Claims to merge over those of the provider. Null removes a claim. */
  readonly claims?: Claims
  /** Claims to set to exactly these values, including null, without merging. */
  readonly exactClaims?: Claims
  /** `exp` minus `iat`. The default is that of the provider. */
  readonly lifetimeSeconds?: number
  /** The default is the algorithm of the provider. */
  readonly algorithm?: string
  /** Members to merge over the JOSE header, including `typ`. */
  readonly header?: Claims
}

/** The ways in which a document can be served: `normal`, and faults to test a gateway with. */
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
  'gzip_bomb',
  'trickle',
  'flapping',
  'swapping',
  'bom',
] as const
export type Behaviour = (typeof BEHAVIOURS)[number]

/** What the issuer requires of requests for its documents, and where it publishes its keys. */
export type Demands = {
  /** `strict`: 406 unless `Accept` names the type of the document, as Kubernetes API servers do. */
  readonly accept: 'any' | 'strict'
  /** `required`: 403 without `User-Agent`, as some firewalls do. */
  readonly user_agent: 'any' | 'required'
  /** `elsewhere`: the key set is on the port of `keysPort`. */
  readonly keys_at: 'here' | 'elsewhere'
  /** The `jwks_uri` of the discovery document. Null: the real address. */
  readonly jwks_uri: string | null
}

/** How often the documents of an issuer were fetched. */
export type RealmRequests = { readonly discovery: number; readonly jwks: number }

export type Rotation = {
  readonly keepOld: boolean
  /** The algorithms of the new keys. The default is those of the old keys. */
  readonly algorithms?: readonly string[]
}

/** What a realm publishes, unchanged, in addition to its own keys or instead of them. */
export type Publication = {
  readonly keys: readonly unknown[]
  /** Leave out the realm's own keys. */
  readonly only: boolean
  /** Further members of the key set, such as those of a SPIFFE bundle. */
  readonly members: Claims
  /** The format of the realm's own keys. */
  readonly form: KeyForm
}

/** A request to sign any text. */
export type SignRequest = { readonly algorithm: string; readonly text: string }

/** Thrown when a request is invalid. The message says what to change. */
export class MintRefused extends Error {}

/** A key pair of an issuer, with the public key as it is published. */
export type SigningKey = {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK & { readonly kid: string }
}

/**
 * The algorithms of a new issuer's keys. A key of another algorithm is made when a token needs it.
 */
const FIRST_ALGORITHMS = ['RS256', 'ES256'] as const
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

export function isAlgorithm(name: unknown): boolean {
  return ALGORITHMS.some((known) => known === name)
}

export type Realm = {
  readonly issuer: string
  readonly mint: (request: MintRequest) => Promise<string>
  readonly rotate: (options: Rotation) => Promise<void>
  /** Signs any text, also one that a real issuer would not: `header.payload`, already encoded. */
  readonly sign: (request: SignRequest) => Promise<{ readonly kid: string; readonly token: string }>
  readonly publish: (publication: Publication) => void
  readonly keySet: () => Promise<{ readonly keys: readonly unknown[] }>
  readonly behaviour: { discovery: Behaviour; jwks: Behaviour } & Demands
  readonly requests: { discovery: number; jwks: number }
}

/** Creates an issuer. `makeKey` must return a new key pair at each call. */
export function createRealm(
  issuer: string,
  now: () => number,
  makeKey: (algorithm: string) => Promise<SigningKey> = makeSigningKey,
): Realm {
  let signing: readonly SigningKey[] = []
  let first: Promise<readonly SigningKey[]> | undefined
  let retired: readonly SigningKey[] = []
  let published: Publication = { keys: [], only: false, members: {}, form: 'plain' }

  async function makeKeys(algorithms: readonly string[]): Promise<readonly SigningKey[]> {
    return Promise.all(algorithms.map(makeKey))
  }

  async function ready(): Promise<readonly SigningKey[]> {
    if (signing.length > 0) return signing
    // Concurrent requests wait for the same keys, because making RSA keys is slow.
    first ??= makeKeys(FIRST_ALGORITHMS)
    const made = await first
    if (signing.length === 0) signing = made
    return signing
  }

  async function keyFor(algorithm: string): Promise<SigningKey> {
    if (!isAlgorithm(algorithm)) {
      throw new MintRefused(`algorithm must be one of ${ALGORITHMS.join(', ')}`)
    }
    const present = (await ready()).find(({ alg }) => alg === algorithm)
    if (present !== undefined) return present
    const made = await makeKey(algorithm)
    signing = [...signing, made]
    return made
  }

  return {
    issuer,
    behaviour: {
      discovery: 'normal',
      jwks: 'normal',
      accept: 'any',
      user_agent: 'any',
      keys_at: 'here',
      jwks_uri: null,
    },
    requests: { discovery: 0, jwks: 0 },
    async mint(request) {
      const set = findClaimSet(request.provider)
      if (set === undefined) {
        throw new MintRefused(`provider must be one of ${listClaimSets().join(', ')}`)
      }
      const algorithm = request.algorithm ?? set.algorithm
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
    async rotate({ keepOld, algorithms }) {
      // With given algorithms, do not make first keys only to drop them.
      const before = algorithms === undefined ? await ready() : signing
      const made = await makeKeys(algorithms ?? before.map(({ alg }) => alg))
      retired = keepOld ? [...before, ...retired] : []
      signing = made
    },
    async sign({ algorithm, text }) {
      const { publicJwk, privateKey } = await keyFor(algorithm)
      const signature = await signText(algorithm, privateKey, text)
      return { kid: publicJwk.kid, token: `${text}.${encodeBase64Url(signature)}` }
    },
    publish(publication) {
      published = publication
    },
    async keySet() {
      const own = published.only ? [] : [...(await ready()), ...retired]
      const written = spellKeys(
        own.map(({ publicJwk }) => publicJwk),
        published.form,
      )
      const keys = [...written, ...published.keys]
      return { ...published.members, keys }
    },
  }
}

async function makeSigningKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048 })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg, privateKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}

/** Signs a text by WebCrypto with the parameters of a JOSE algorithm. */
async function signText(alg: string, key: CryptoKey, text: string): Promise<Uint8Array> {
  const hash = `SHA-${alg.slice(2)}`
  const parameters =
    key.algorithm.name === 'RSA-PSS'
      ? { name: 'RSA-PSS', saltLength: 32 }
      : { name: key.algorithm.name, hash }
  return new Uint8Array(await crypto.subtle.sign(parameters, key, new TextEncoder().encode(text)))
}
