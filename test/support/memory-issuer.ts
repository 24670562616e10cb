/** The dev issuer without its server, for tests that open no socket. */
import { calculateJwkThumbprint, exportJWK } from 'jose'
import {
  createRealm,
  type MintRequest,
  type Realm,
  type SigningKey,
} from '../../src/dev/issuer/issuer-realm.ts'
import { takeKeyPair } from './key-pairs.ts'

export type MemoryIssuer = {
  /**
   * The issuer URL of the root. No server listens there. `<issuer>/<path>` is the issuer of a path.
   */
  readonly issuer: string
  readonly mint: (request: MintRequest, path?: string) => Promise<string>
  /** Replaces the keys. */
  readonly rotate: (path: string) => Promise<void>
  readonly keySet: (path: string) => Promise<{ readonly keys: readonly unknown[] }>
}

export type MemoryIssuerOptions = {
  /** All paths sign with the same keys, for tests of many issuers in which keys do not matter. */
  readonly sharesKeys?: boolean
}

const ISSUER = 'http://127.0.0.1:9000'

async function makeKey(algorithm: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await takeKeyPair(algorithm)
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg: algorithm, privateKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } }
}

export function createMemoryIssuer({ sharesKeys }: MemoryIssuerOptions = {}): MemoryIssuer {
  const realms = new Map<string, Realm>()
  const shared = new Map<string, Promise<SigningKey>>()

  function keyFor(algorithm: string): Promise<SigningKey> {
    const key = (sharesKeys && shared.get(algorithm)) || makeKey(algorithm)
    shared.set(algorithm, key)
    return key
  }

  function realmAt(path: string | undefined): Realm {
    const url = path === undefined ? ISSUER : `${ISSUER}/${path}`
    const realm = realms.get(url) ?? createRealm(url, () => Math.floor(Date.now() / 1000), keyFor)
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
