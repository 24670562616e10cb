/** Exports for the command line and the console. */

export { lintPolicy } from '../lint/lint.ts'
export {
  countFindings,
  type SortedFindings,
  sortFindings,
} from './changed-findings.ts'
export { type CheckedTrust, checkPolicy, checkTrust, widestCeilings } from './check-trust.ts'
export { compileInForce } from './compile-stored.ts'
export { placeProblems, renderPath } from './places.ts'
export { type Remark, remarkOn, remarkOnPolicy, toRemark } from './remark.ts'
export {
  type PlacedProblem,
  parseTrustFile,
  type ReadTrustFile,
  type TrustFile,
} from './trust-file.ts'
