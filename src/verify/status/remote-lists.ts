/**
 * Caches the gateway's status lists between requests, each for its `ttl` and never beyond its `exp`
 * (SL-20, SL-21). From half of that time, a request refreshes the list in the background; if it gets
 * an older list, the next refresh follows after half of the time that is left. It caches only
 * results, never promises, as `keys/remote-keys.ts` explains.
 */
import { createLoadGate, type LoadGate, type LoadMark } from '../keys/load-gate.ts'
import type { RemoteKeys, RequestContext } from '../keys/remote-keys.ts'
import { MAX_REMEMBERED_STATUS_LISTS } from '../limits.ts'
import type { VerifierSettings } from '../options.ts'
import { type GatewayFault, VerificationError } from '../verification-error.ts'
import { fetchStatusList, type StatusList } from './fetch-status-list.ts'

export type RemoteLists = {
  /** Throws `revocation_unavailable` or `keys_unavailable`. */
  readonly load: (uri: string, context: RequestContext) => Promise<StatusList>
}

type Memory = {
  readonly gate: LoadGate
  list: StatusList | undefined
  /** The latest `iat` of a list that was accepted, also if an older one has replaced it. */
  newestAt: number
  /** When a request refreshes the list in the background, in epoch seconds. */
  refreshAt: number
  /** The last failure. */
  error: VerificationError | undefined
}

export function createRemoteLists(keys: RemoteKeys, settings: VerifierSettings): RemoteLists {
  const { now } = settings
  const memories = new Map<string, Memory>()

  function memoryOf(uri: string): Memory {
    const known = memories.get(uri)
    if (known !== undefined) return known
    const made: Memory = {
      gate: createLoadGate(now),
      list: undefined,
      newestAt: 0,
      refreshAt: 0,
      error: undefined,
    }
    memories.set(uri, made)
    const [oldest] = memories.keys()
    if (memories.size > MAX_REMEMBERED_STATUS_LISTS && oldest !== undefined) memories.delete(oldest)
    return made
  }

  /** A list from the future was fetched before the clock was set back. Its age is unknown. */
  function freshList({ list }: Memory): StatusList | undefined {
    const at = now()
    return list !== undefined && list.fetchedAt <= at && at < list.freshUntil ? list : undefined
  }

  /** Never throws. */
  async function run(
    memory: Memory,
    uri: string,
    mark: LoadMark,
    context: RequestContext,
  ): Promise<void> {
    const before = memory.list
    try {
      const list = await fetchStatusList(uri, keys, settings, context)
      // Both clocks were ahead, and have been set back: that time says nothing about this list.
      if (memory.newestAt > now() + settings.clockSkewSeconds) memory.newestAt = 0
      // A token that a newer list revoked would be accepted again. Isolates have different clocks.
      if (memory.newestAt > list.issuedAt + settings.clockSkewSeconds) {
        throw unavailable('status_list_invalid')
      }
      // The answer to an older request, or of a cache, must not replace a newer list.
      const isOlder = (memory.list?.issuedAt ?? 0) > list.issuedAt
      const kept = (isOlder ? freshList(memory) : undefined) ?? list
      memory.list = kept
      memory.newestAt = Math.max(memory.newestAt, list.issuedAt)
      memory.refreshAt = (list.fetchedAt + kept.freshUntil) / 2
      memory.error = undefined
    } catch (error) {
      // Another load has stored a list meanwhile, so this failure does not delay the next one.
      if (memory.list !== before) return memory.gate.leave(mark)
      memory.error = error instanceof VerificationError ? error : unavailable('gateway_unreachable')
    }
    memory.gate.leave(mark, { ok: memory.error === undefined, cooldownSeconds: 0 })
  }

  async function load(uri: string, context: RequestContext): Promise<StatusList> {
    const memory = memoryOf(uri)
    const { gate } = memory
    const known = freshList(memory)
    if (known !== undefined && now() < memory.refreshAt) return known
    const mark = gate.enter()
    if (known !== undefined) {
      if (mark !== undefined) {
        const work = run(memory, uri, mark, context)
        context.waitUntil?.(work)
      }
      return known
    }
    const own = mark ?? (await gate.overtake(() => freshList(memory) !== undefined))
    if (own !== undefined) await run(memory, uri, own, context)
    const loaded = freshList(memory)
    if (loaded === undefined) throw memory.error ?? unavailable('refresh_under_way')
    return loaded
  }

  return { load }
}

function unavailable(fault: GatewayFault): VerificationError {
  return new VerificationError('revocation_unavailable', fault)
}
