/** Gives the rest of the Worker plain functions for the status lists. */
import { STATUS_LISTS } from '../../core/tokens/place-token.ts'
import type { LeaseIndexes } from '../caches/status/status-indexes.ts'
import type { Env } from '../env.ts'
import { orUnavailable, revocationLogOf } from './durable-ports.ts'
import type { CoarseRevocation, IndexRange, ListRevocations } from './status-lists/messages.ts'

export type StatusPorts = {
  readonly lease: LeaseIndexes
  readonly names: () => Promise<readonly string[]>
  readonly statusOf: (list: string) => Promise<ListRevocations>
  readonly revokedRanges: (
    list: string,
    before: readonly CoarseRevocation[],
  ) => Promise<readonly IndexRange[] | null>
}

/** Undefined if the binding is missing. */
export function createStatusPorts(env: Env, tokenSeconds: number): StatusPorts | undefined {
  const namespace = env.STATUS_LISTS
  if (namespace === undefined) return undefined
  const lists = () => namespace.getByName('lists')
  const ask = <T>(call: () => Promise<T>) => orUnavailable(STATUS_LISTS, call)
  return {
    lease: (use, count) => ask(async () => await lists().lease({ use, count, tokenSeconds })),
    names: () => ask(async () => await lists().names()),
    statusOf: (list) =>
      orUnavailable('revocation_log', async () => await revocationLogOf(env).statusOf(list)),
    revokedRanges: (list, before) => ask(async () => await lists().revokedRanges(list, before)),
  }
}
