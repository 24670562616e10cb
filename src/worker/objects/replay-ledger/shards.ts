/** Which shard of the ledger has a key. Keys are hashes, so their first digits spread them evenly. */
import { REPLAY_SHARDS } from '../../../core/limits.ts'

export function nameReplayShard(key: string): string {
  return `replay-${Number.parseInt(key.slice(0, 8), 16) % REPLAY_SHARDS}`
}
