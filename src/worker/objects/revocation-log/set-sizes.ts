/** The sizes of what the revocation log publishes, in tokens and bytes. */
import {
  REVOCATION_COARSE_MAX_BYTES,
  REVOCATION_PUBLISHED_MAX,
  REVOCATION_RECENT_MAX,
  REVOCATION_SEGMENT_MAX,
} from '../../limits.ts'

export type SetSizes = {
  /** In the pointer. */
  readonly recent: number
  readonly segment: number
  /** In the pointer and all segments. */
  readonly published: number
  /** The revocations of subjects, rules and issuers. */
  readonly coarseBytes: number
}

export const SET_SIZES: SetSizes = {
  recent: REVOCATION_RECENT_MAX,
  segment: REVOCATION_SEGMENT_MAX,
  published: REVOCATION_PUBLISHED_MAX,
  coarseBytes: REVOCATION_COARSE_MAX_BYTES,
}
