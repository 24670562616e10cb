/**
 * The dev issuer without its server: what it mints and publishes, for tests that open no socket.
 * Making RSA keys takes longer than most tests, so a test file reuses the keys of the files before
 * it. Within one file every key is another one, unless the test asks for one key.
 */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, importJWK } from 'jose'
import { expect } from 'vitest'
import {
  createRealm,
  type MintRequest,
  makeSigningKey,
  type Realm,
  type SigningKey,
} from '../../src/dev/issuer/issuer-realm.ts'

export type MemoryIssuer = {
  /** The issuer URL of the root, where no server is; `<issuer>/<path>` is the issuer of a path. */
  readonly issuer: string
  readonly mint: (request: MintRequest, path?: string) => Promise<string>
  /** New keys in place of the old ones. */
  readonly rotate: (path: string) => Promise<void>
  readonly keySet: (path: string) => Promise<{ readonly keys: readonly unknown[] }>
}

export type MemoryIssuerOptions = {
  /** All paths sign with the same keys: for tests of many issuers that do not look at keys. */
  readonly sharesKeys?: boolean
}

const ISSUER = 'http://127.0.0.1:9000'

/** How many keys of an algorithm a test file has taken. */
const taken = new Map<string, number>()

function takeKey(algorithm: string): Promise<SigningKey> {
  const place = `${expect.getState().testPath} ${algorithm}`
  const index = taken.get(place) ?? 0
  taken.set(place, index + 1)
  return keyAt(algorithm, index)
}

function keyAt(algorithm: string, index: number): Promise<SigningKey> {
  return once(`${algorithm} ${index}`, async () => {
    if (!/^[RP]S\d/.test(algorithm)) return makeSigningKey(algorithm)
    // One RSA key serves every algorithm that takes one.
    const { publicKey, privateKey } = await once(`RSA ${index}`, makeRsaKey)
    const publicJwk = publicKey.export({ format: 'jwk' })
    const kid = `${await calculateJwkThumbprint(publicJwk)}-${algorithm}`
    return {
      alg: algorithm,
      privateKey: (await importJWK(privateKey.export({ format: 'jwk' }), algorithm)) as CryptoKey,
      publicJwk: { ...publicJwk, kid, alg: algorithm, use: 'sig' },
    }
  })
}

async function makeRsaKey() {
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
}

const pool = new Map<string, Promise<unknown>>()

function once<Value>(name: string, make: () => Promise<Value>): Promise<Value> {
  const known = pool.get(name) as Promise<Value> | undefined
  if (known !== undefined) return known
  const made = make()
  pool.set(name, made)
  return made
}

export function createMemoryIssuer({ sharesKeys }: MemoryIssuerOptions = {}): MemoryIssuer {
  const realms = new Map<string, Realm>()
  const makeKey = sharesKeys === true ? (algorithm: string) => keyAt(algorithm, 0) : takeKey

  function realmAt(path: string | undefined): Realm {
    const url = path === undefined ? ISSUER : `${ISSUER}/${path}`
    const realm = realms.get(url) ?? createRealm(url, () => Math.floor(Date.now() / 1000), makeKey)
    realms.set(url, realm)
    return realm
  }

  return {
    issuer: ISSUER,
    mint: (request, path) => realmAt(path).mint(request),
    rotate: (path) => realmAt(path).rotate({ keepOld: false }),
    keySet: (path) => realmAt(path).keySet(),
  }
}
