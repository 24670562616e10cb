/** Which shard of the ledger has a key. Keys are hashes, so their first digits spread them evenly. */
import { REPLAY_SHARDS } from '../../../core/limits.ts'

/** Of `edgemint serve`: `true` if the first shard has all keys of this state. */
export type ReplayPlacement = { readonly SINGLE_LEDGER?: string }

export function isSingleLedger({ SINGLE_LEDGER }: ReplayPlacement): boolean {
  return SINGLE_LEDGER === 'true'
}

export function nameReplayShard(key: string, placement: ReplayPlacement): string {
  const count = isSingleLedger(placement) ? 1 : REPLAY_SHARDS
  return `replay-${Number.parseInt(key.slice(0, 8), 16) % count}`
}
