/** Makes signing keys whose private scalar begins with the canary. The rest is random. */
import { createECDH, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { calculateJwkThumbprint } from 'jose'
import { KEY_CANARY } from './canary.ts'

const SCALAR_BYTES = 32

/** Returns a private ES256 key for a gateway, as JSON of a JWK. */
export async function makeSigningKey(): Promise<string> {
  const canary = Buffer.from(KEY_CANARY)
  const scalar = Buffer.concat([canary, randomBytes(SCALAR_BYTES - canary.length)])
  const jwk = privateJwk(scalar)
  const kid = await calculateJwkThumbprint(jwk)
  return JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig' })
}

/** Returns the P-256 key with this private scalar. */
export function privateJwk(scalar: Buffer) {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(scalar)
  const point = pair.getPublicKey()
  return {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 1 + SCALAR_BYTES).toString('base64url'),
    y: point.subarray(1 + SCALAR_BYTES).toString('base64url'),
    d: scalar.toString('base64url'),
  }
}

/** Writes such a key into the state directory of a local gateway before its first start. */
export async function giveSigningKey(stateDir: string): Promise<void> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  writeFileSync(join(stateDir, 'signing-key.json'), await makeSigningKey(), { mode: 0o600 })
}
