/** The limits that DNS sets for names. */

/** RFC 1035 §2.3.4: the longest host name, including the dots. */
export const MAX_HOST_CHARACTERS = 253
/** RFC 1035 §2.3.4: the longest label, the part between two dots. */
export const MAX_HOST_LABEL_CHARACTERS = 63
