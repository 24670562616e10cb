/** What other rooms use of this one beyond its public door. No export of the package leads here. */
export { CLAIMS_DENIAL_REASONS } from './evaluate-claims.ts'
