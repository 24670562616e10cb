/** Requests about revocations. */
import type { CoarseGrain } from '../../../protocol/revocations.ts'
import { read } from '../../api/request.ts'
import { LIFTED, REVOCATION_DRY_RUN, REVOCATION_LIST, REVOKED } from '../../api/shapes.ts'
import type { Target } from './target.ts'

const PATH = '/revocations'

export const loadRevocations = (signal: AbortSignal) => read(PATH, REVOCATION_LIST, { signal })

export const countLive = (target: Target) =>
  read(PATH, REVOCATION_DRY_RUN, { method: 'POST', body: { ...target, dry_run: true } })

export type RevokeOptions = {
  readonly reason: string
  /** Only tokens issued until now end, and issuing goes on. Epoch seconds. */
  readonly before?: number
  /** The user knows that this ends everything, or his own session. */
  readonly confirm?: true
}

/** The answer about one token has its `jti`. */
export const revoke = (target: Target, options: RevokeOptions) =>
  read(PATH, REVOKED, {
    ...{ method: 'POST', body: { ...target, ...options } },
  })

export const lift = (grain: CoarseGrain, id: string, reason: string) =>
  read(`${PATH}/lift`, LIFTED, {
    ...{ method: 'POST', body: { [grain]: grain === 'all' ? true : id, reason } },
  })
