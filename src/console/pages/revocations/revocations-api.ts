/** Requests about revocations. */
import type {
  CoarseRevocationReport,
  RevocationDryRun,
  RevocationList,
  RevocationReport,
} from '../../../contract/admin.ts'
import type { CoarseGrain } from '../../../protocol/revocations.ts'
import { read } from '../../api/request.ts'
import type { Target } from './target.ts'

const PATH = '/revocations'

export const loadRevocations = (signal: AbortSignal) => read<RevocationList>(PATH, { signal })

export const countLive = (target: Target) =>
  read<RevocationDryRun>(PATH, { method: 'POST', body: { ...target, dry_run: true } })

export type RevokeOptions = {
  readonly reason: string
  /** Only tokens issued until now end, and issuing goes on. Epoch seconds. */
  readonly before?: number
  /** The user knows that this ends everything, or his own session. */
  readonly confirm?: true
}

/** The answer about one token has its `jti`. */
export const revoke = (target: Target, options: RevokeOptions) =>
  read<RevocationReport | CoarseRevocationReport>(PATH, {
    ...{ method: 'POST', body: { ...target, ...options } },
  })

export const lift = (grain: CoarseGrain, id: string, reason: string) =>
  read<CoarseRevocationReport>(`${PATH}/lift`, {
    ...{ method: 'POST', body: { [grain]: grain === 'all' ? true : id, reason } },
  })
