/** Creates unguessable ids from the platform's random source. */
import { DECISION_RANDOM_BYTES, formatDecisionId } from '../contract/decisions/id.ts'
import { RANDOM_ID_BYTES } from '../core/limits.ts'
import type { NewDecisionId } from '../core/ports.ts'
import { tokenIdOf } from '../core/tokens/ids.ts'

export function newTokenId(): string {
  return tokenIdOf(randomBytes(RANDOM_ID_BYTES))
}

/** Returns the function that creates the decision ids of an isolate. Its shard keeps their records. */
export function createDecisionIds(shard: number): NewDecisionId {
  return () => formatDecisionId({ shard, at: Date.now() }, randomBytes(DECISION_RANDOM_BYTES))
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
