/** Exports for other folders of this repository. They are not part of the package's public API. */
export { CLAIMS_DENIAL_REASONS } from '../core/policy/explain/evaluate-claims.ts'
export {
  type Access,
  type Denying,
  findAccess,
  findReach,
  isInForce,
  type Reach,
} from './access.ts'
export {
  count,
  describeClaims,
  describeGaps,
  describeResult,
  KINDS,
  MAX_SHOWN,
} from './replay/describe.ts'
export type { IdentityList, ReplayedIdentity } from './replay/groups.ts'
export {
  type Period,
  type Question,
  type ReadShard,
  readDecisions,
  type ShardPage,
} from './replay/read-decisions.ts'
export { createReplay, type ReplayReport } from './replay/replay.ts'
