/**
 * The signed status lists of an isolate. It keeps each one for its `ttl`, so a new key signs soon.
 * A new one asks the revocation log for revoked tokens, and the object of the lists for the blocks
 * that coarse revocations cover.
 */
import { type Clock, Unavailable } from '../../../core/ports.ts'
import { type KeyRing, selectSigningKey } from '../../../core/tokens/keyring.ts'
import { signStatusList } from '../../../core/tokens/status-list.ts'
import {
  isStatusListName,
  STATUS_LIST_ENTRIES,
  setInvalid,
} from '../../../protocol/status/status-list.ts'
import type { ListRevocations } from '../../objects/status-lists/messages.ts'
import type { StatusPorts } from '../../objects/status-ports.ts'
import {
  MAX_KEPT_STATUS_LISTS,
  STATUS_LIST_LIFETIME_SECONDS,
  STATUS_LIST_TTL_SECONDS,
} from './limits.ts'

type SignedList = {
  readonly token: string
  /** Epoch seconds. */
  readonly issuedAt: number
}

/** Returns a list by its name. Undefined if there is none. Throws `Unavailable`. */
export type LoadStatusList = (list: string) => Promise<SignedList | undefined>

type ListPorts = Pick<StatusPorts, 'statusOf' | 'revokedRanges'> & {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly now: Clock
}

export function createStatusLists(ports: ListPorts): LoadStatusList {
  const { gatewayIssuer, keyRing, now, statusOf } = ports
  const kept = new Map<string, SignedList>()
  return async (list) => {
    // Otherwise a caller could let the revocation log read all its rows with one letter (WRK-10).
    if (!isStatusListName(list)) return undefined
    const issuedAt = now()
    const known = kept.get(list)
    // A list with a time in the future was signed before the clock was set back.
    const age = issuedAt - (known?.issuedAt ?? 0)
    if (age >= 0 && age < STATUS_LIST_TTL_SECONDS) return known
    const revoked = await statusOf(list)
    const bits = await readBits(list, revoked, ports)
    if (bits === undefined) return undefined
    const key = selectSigningKey(withoutRevoked(keyRing, revoked), undefined, issuedAt)
    if (key === undefined) throw new Unavailable('signing_key')
    const limits = {
      ttlSeconds: STATUS_LIST_TTL_SECONDS,
      lifetimeSeconds: STATUS_LIST_LIFETIME_SECONDS,
    }
    const token = await signStatusList({ gatewayIssuer, list, bits, issuedAt, ...limits }, key)
    const signed = { token, issuedAt }
    // A slower request must not replace a newer list.
    if ((kept.get(list)?.issuedAt ?? 0) <= issuedAt || age < 0) {
      kept.delete(list)
      kept.set(list, signed)
    }
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT_STATUS_LISTS && oldest !== undefined) kept.delete(oldest)
    return signed
  }
}

/** Verifiers do not accept a list with a revoked key. */
function withoutRevoked({ keys }: KeyRing, { before }: ListRevocations): KeyRing {
  const revoked = before.flatMap(({ grain, id, stops }) => (grain === 'key' && stops ? [id] : []))
  return { keys: keys.filter(({ keyId }) => !revoked.includes(keyId)) }
}

async function readBits(
  list: string,
  revoked: ListRevocations,
  { revokedRanges }: ListPorts,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const ranges = await revokedRanges(list, revoked.before)
  if (ranges === null) return undefined
  const bits = new Uint8Array(STATUS_LIST_ENTRIES / 8)
  bits.set(revoked.bits)
  for (const { start, count } of ranges) {
    for (let index = start; index < start + count; index += 1) setInvalid(bits, index)
  }
  return bits
}
