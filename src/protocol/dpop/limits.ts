/** The limits of DPoP proofs, each with its reason. */

/**
 * A proof with an RSA key of 4,096 bits has about 2,300 characters. A nonce of another server can
 * add a few hundred.
 */
export const MAX_PROOF_BYTES = 4 * 1024
/** A header with an RSA key of 4,096 bits has about 1,100 characters of base64url. */
export const MAX_PROOF_HEADER_BYTES = 2 * 1024
/** Header, key and claims together are two levels deep. One more is for claims of other systems. */
export const MAX_PROOF_JSON_DEPTH = 4
/** A key has up to 12 members, and the claims have seven. */
export const MAX_PROOF_JSON_MEMBERS = 32
/** A UUID has 36 characters, and 256 random bits in hex have 64. RFC 9449 §11.1 asks for a limit. */
export const MAX_PROOF_ID_CHARACTERS = 128
/** The longest URL that a request to an API usually has. */
export const MAX_PROOF_URL_CHARACTERS = 2048
/** Nonces are opaque. Those of this gateway have 54 characters. */
export const MAX_NONCE_CHARACTERS = 256
/** The cost of verification grows with the modulus, and the caller chooses the key. */
export const MAX_PROOF_RSA_BITS = 4096
/** RFC 9449 §11.1: seconds or minutes. A proof is made for one request, which is sent at once. */
export const MAX_PROOF_AGE_SECONDS = 60
/** Clocks of clients that are synchronized differ by seconds. */
export const MAX_PROOF_AHEAD_SECONDS = 60
