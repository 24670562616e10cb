/**
 * Key pairs for tests. Making an RSA key takes longer than most tests, so a file reuses the RSA
 * keys of earlier files in its thread. Within one file every key is different.
 */
import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type GenerateKeyPairResult, generateKeyPair as generate, importJWK } from 'jose'
import { expect } from 'vitest'

const made: Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }>[] = []
/** How many RSA keys a file has used. */
const taken = new Map<string, number>()

/** Returns an extractable key pair for this algorithm. */
export async function takeKeyPair(algorithm: string): Promise<GenerateKeyPairResult> {
  if (!/^[RP]S\d/.test(algorithm)) return generate(algorithm, { extractable: true })
  const { publicKey, privateKey } = await takeRsaKey()
  const read = async (key: KeyObject) =>
    (await importJWK(key.export({ format: 'jwk' }), algorithm, { extractable: true })) as CryptoKey
  return { publicKey: await read(publicKey), privateKey: await read(privateKey) }
}

function takeRsaKey() {
  const file = expect.getState().testPath ?? ''
  const index = taken.get(file) ?? 0
  taken.set(file, index + 1)
  made[index] ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return made[index]
}
