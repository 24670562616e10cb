/**
 * Loaded before the conformance package. Writes each public key that a scenario generates to
 * KEYS_FILE, so that a gateway can trust the tokens of the scenario. Changes nothing else.
 */
import { appendFileSync } from 'node:fs'

const generate = crypto.subtle.generateKey.bind(crypto.subtle)
crypto.subtle.generateKey = async (...options) => {
  const pair = await generate(...options)
  if ('publicKey' in pair) {
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
    appendFileSync(process.env.KEYS_FILE, `${JSON.stringify(jwk)}\n`)
  }
  return pair
}
