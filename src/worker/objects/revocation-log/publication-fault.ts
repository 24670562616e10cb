/**
 * Why edge checks do not see the newest revocations. `unknown_grain`: a later release wrote one that
 * this release cannot check. `/health` and the log use these names.
 */
export type PublicationFault = 'too_large' | 'kv_unreachable' | 'unknown_grain'
