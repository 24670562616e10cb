/** A reader of published revocations. Each question to the log fails unless the test answers it. */
import {
  createRevocationSnapshot,
  type RevocationSnapshotOptions,
} from '../../../src/worker/caches/revocations/revocation-snapshot.ts'

export const nobodyAsks = () => Promise.reject(new Error('the log was asked'))

export function newTestReader(
  kv: Pick<KVNamespace, 'get'>,
  log: Partial<RevocationSnapshotOptions> = {},
) {
  return createRevocationSnapshot({
    kv,
    pointer: nobodyAsks,
    segment: nobodyAsks,
    isRevoked: nobodyAsks,
    findCoarse: nobodyAsks,
    report: () => undefined,
    ...log,
  })
}
