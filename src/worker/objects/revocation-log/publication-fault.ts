/** Why edge checks do not see what the revocation log holds, as `/health` and the log name it. */
export type PublicationFault = 'too_large' | 'kv_unreachable'
