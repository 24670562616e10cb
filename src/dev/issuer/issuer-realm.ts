/**
 * One issuer of the dev issuer: its keys, what it mints, how often it was asked, and how it
 * misbehaves when told to. HTTP is `issuer.ts`' work.
 */

import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { encodeBase64Url } from '../../web/base64.ts'
import { type Claims, findClaimSet, listClaimSets, mergeClaims, placeClaims } from './claim-sets.ts'
import { type KeyForm, spellKeys } from './key-forms.ts'

/** Which token to mint. */
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
  'gzip_bomb',
  'trickle',
  'flapping',
  'swapping',
  'bom',
] as const
export type Behaviour = (typeof BEHAVIOURS)[number]

/** What the issuer asks of those who fetch, and where it says that its keys are. */
export type Demands = {
  /** `strict`: 406 unless `Accept` names the type of the document, as a Kubernetes API server. */
  readonly accept: 'any' | 'strict'
  /** `required`: 403 without `User-Agent`, as some firewalls. */
  readonly user_agent: 'any' | 'required'
  /** `elsewhere`: on the port of `keysPort`. */
  readonly keys_at: 'here' | 'elsewhere'
  /** A text that stands in discovery as it is; null for the true address. */
  readonly jwks_uri: string | null
}

/** How often the documents of an issuer were fetched. */
export type RealmRequests = { readonly discovery: number; readonly jwks: number }

export type Rotation = {
  readonly keepOld: boolean
  /** What the new keys sign with; as the old ones did by default. */
  readonly algorithms?: readonly string[]
}

/** What a realm publishes beside its own keys, or in place of them, exactly as given. */
export type Publication = {
  readonly keys: readonly unknown[]
  /** The realm's own keys are not shown. */
  readonly only: boolean
  /** Further members of the key set, as a SPIFFE bundle has them. */
  readonly members: Claims
  /** How the realm's own keys are written. */
  readonly form: KeyForm
}

/** A signature over a text of the caller's choice. */
export type SignRequest = { readonly algorithm: string; readonly text: string }

/** The request cannot be met; the message says what to change. */
export class MintRefused extends Error {}

/** A key pair of an issuer, and how it publishes the public one. */
export type SigningKey = {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK & { readonly kid: string }
}

/** Keys a new issuer publishes from the start; others join when a token first needs them. */
const FIRST_ALGORITHMS = ['RS256', 'ES256'] as const
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

export function isAlgorithm(name: unknown): boolean {
  return ALGORITHMS.some((known) => known === name)
}

export type Realm = {
  readonly issuer: string
  readonly mint: (request: MintRequest) => Promise<string>
  readonly rotate: (options: Rotation) => Promise<void>
  /** Signs what no honest issuer would: the text is `header.payload`, encoded by the caller. */
  readonly sign: (request: SignRequest) => Promise<{ readonly kid: string; readonly token: string }>
  readonly publish: (publication: Publication) => void
  readonly keySet: () => Promise<{ readonly keys: readonly unknown[] }>
  readonly behaviour: { discovery: Behaviour; jwks: Behaviour } & Demands
  readonly requests: { discovery: number; jwks: number }
}

/** `makeKey` makes a key pair of its own each time. */
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
    // Whoever asks meanwhile waits for the same keys: making RSA keys is slow.
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
      // An issuer that nobody has asked yet makes no keys only to drop them.
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

/** The parameters of WebCrypto for what a JOSE algorithm signs with. */
async function signText(alg: string, key: CryptoKey, text: string): Promise<Uint8Array> {
  const hash = `SHA-${alg.slice(2)}`
  const parameters =
    key.algorithm.name === 'RSA-PSS'
      ? { name: 'RSA-PSS', saltLength: 32 }
      : { name: key.algorithm.name, hash }
  return new Uint8Array(await crypto.subtle.sign(parameters, key, new TextEncoder().encode(text)))
}
