/** Exports for other folders of this repository. They are not part of the package's public API. */
export { CLAIMS_DENIAL_REASONS } from '../core/policy/explain/evaluate-claims.ts'
