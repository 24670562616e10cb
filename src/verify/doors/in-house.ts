/** What other rooms use of this one beyond its public door. No export of the package leads here. */
export { isResourceUrl } from '../keys/address.ts'
export { CLOCK_SKEW_SECONDS } from '../limits.ts'
