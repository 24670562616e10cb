/** Exports for other folders of this repository. The package does not export this file. */
export { isResourceUrl } from '../keys/address.ts'
export { CLOCK_SKEW_SECONDS } from '../limits.ts'
