/** Creates unguessable ids from the platform's random source. */
import { RANDOM_ID_BYTES } from '../core/limits.ts'
import { decisionIdOf, tokenIdOf } from '../core/tokens/ids.ts'

export function newTokenId(): string {
  return tokenIdOf(randomBytes(RANDOM_ID_BYTES))
}

export function newDecisionId(): string {
  return decisionIdOf(randomBytes(RANDOM_ID_BYTES))
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
