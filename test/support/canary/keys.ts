/** Signing keys whose private scalar begins with the canary; the rest of it is random. */
import { createECDH, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { calculateJwkThumbprint } from 'jose'
import { KEY_CANARY } from './canary.ts'

const SCALAR_BYTES = 32

/** The private ES256 key of a gateway, a JWK as JSON. */
export async function makeSigningKey(): Promise<string> {
  const canary = Buffer.from(KEY_CANARY)
  const scalar = Buffer.concat([canary, randomBytes(SCALAR_BYTES - canary.length)])
  const jwk = privateJwk(scalar)
  const kid = await calculateJwkThumbprint(jwk)
  return JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig' })
}

/** The P-256 key with this private scalar. */
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

/** Such a key for a local gateway that has not been started yet, where it keeps its own. */
export async function giveSigningKey(stateDir: string): Promise<void> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  writeFileSync(join(stateDir, 'signing-key.json'), await makeSigningKey(), { mode: 0o600 })
}
