/** Limits of names that the DNS sets. */

/** RFC 1035 §2.3.4: the longest host name, written with dots. */
export const MAX_HOST_CHARACTERS = 253
/** RFC 1035 §2.3.4: the longest part of it between two dots. */
export const MAX_HOST_LABEL_CHARACTERS = 63
