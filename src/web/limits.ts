/** The limits of host names and of keys. */

/** RFC 1035 §2.3.4: the longest host name, including the dots. */
export const MAX_HOST_CHARACTERS = 253
/** RFC 1035 §2.3.4: the longest label, the part between two dots. */
export const MAX_HOST_LABEL_CHARACTERS = 63

/** RFC 7518 §3.3 and §3.5 require at least this size; NIST SP 800-131A allows no shorter ones. */
export const MIN_RSA_BITS = 2048
