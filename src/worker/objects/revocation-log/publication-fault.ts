/** Why edge checks do not see the newest revocations. `/health` and the log use these names. */
export type PublicationFault = 'too_large' | 'kv_unreachable'
