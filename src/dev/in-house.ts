/** What other rooms use of this one beyond its public door. No export of the package leads here. */
export { reachableUrl } from './issuer/admission.ts'
export { StateInUse } from './serve/state-dir.ts'
