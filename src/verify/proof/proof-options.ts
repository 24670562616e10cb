/**
 * The options of proof of possession: their types, defaults and checks. binding.ts uses them.
 */
import { demand } from '../demand.ts'
import {
  MAX_PROOF_NONCE_MAX_AGE_SECONDS,
  MIN_PROOF_NONCE_MAX_AGE_SECONDS,
  MIN_PROOF_NONCE_SECRET_BYTES,
  PROOF_NONCE_MAX_AGE_SECONDS,
} from '../limits.ts'

/**
 * Marks a proof as used, in a store that all processes of an API share. Returns true for the first
 * call with this `id`, and false for every later one until `expiresAt` (epoch seconds).
 */
export type ClaimProof = (id: string, expiresAt: number) => boolean | Promise<boolean>

/**
 * The nonces that proofs must have (RFC 9449 §9). `'none'`: none. An object: a nonce that this API
 * made in the last `maxAgeSeconds`: 30 to 3600, default 300. All processes of an API need the same
 * `secret`: at least 32 characters. Without one, each process makes its own.
 */
export type ProofNonceOptions =
  | 'none'
  | { readonly secret?: string | undefined; readonly maxAgeSeconds?: number | undefined }

/** Options of `createVerifier` for tokens that are bound to a key (RFC 9449, RFC 8705). */
export type ProofOptions = {
  /**
   * `'required'`: only tokens that are bound to a key. `'optional'`: tokens with and without a
   * binding, and the challenges name both schemes. In both cases a bound token needs its proof.
   * Default: as `'optional'`, but the challenges name only `Bearer`.
   */
  readonly proofOfPossession?: 'required' | 'optional' | undefined
  /**
   * The URL under which clients reach this API: scheme, host, port, and the path that a proxy
   * removes. A list accepts each of its URLs. The path of the request is appended. The `Host` header
   * is never used. Default: scheme, host and port of `audience`, if that is a URL.
   */
  readonly publicUrl?: string | readonly string[] | undefined
  /** Refuses proofs that another process has accepted. Default: only the memory of this process. */
  readonly claimProof?: ClaimProof | undefined
  /** Default: `'none'`. */
  readonly proofNonce?: ProofNonceOptions | undefined
  /**
   * Returns the SHA-256 digest of the client certificate (DER) of a request's connection, as hex or
   * base64url, or undefined. The value must come from the TLS layer and never from a header. The
   * argument is the request that the entry point received. Default: tokens that are bound to a
   * certificate are refused.
   */
  readonly clientCertificate?: ((request: never) => string | undefined) | undefined
}

export type ProofNonceSettings = {
  /** Undefined: each process makes its own secret. */
  readonly secret: string | undefined
  readonly maxAgeSeconds: number
}

/** The options after the checks, with the defaults filled in. */
export type ProofSettings = {
  /** Undefined: bound tokens are accepted, but no challenge says so. */
  readonly proofOfPossession: 'required' | 'optional' | undefined
  /** Without a slash at the end. Empty: no proof can be checked. */
  readonly publicUrls: readonly string[]
  readonly claimProof: ClaimProof | undefined
  readonly proofNonce: ProofNonceSettings | undefined
  readonly clientCertificate: ((request: never) => string | undefined) | undefined
}

export const PROOF_OPTION_NAMES = {
  proofOfPossession: true,
  publicUrl: true,
  claimProof: true,
  proofNonce: true,
  clientCertificate: true,
} satisfies Record<keyof ProofOptions, true>

/** Throws `TypeError` if an option is wrong. The message names the option. */
export function parseProofOptions(options: ProofOptions, audience: string): ProofSettings {
  const { proofOfPossession, claimProof, clientCertificate } = options
  demandProofOfPossession(proofOfPossession)
  for (const [name, value] of Object.entries({ claimProof, clientCertificate })) {
    demand(value === undefined || typeof value === 'function', `${name} must be a function`)
  }
  const publicUrls = parsePublicUrls(options.publicUrl, audience)
  demand(
    proofOfPossession === undefined ||
      publicUrls.length > 0 ||
      (proofOfPossession === 'required' && clientCertificate !== undefined),
    'publicUrl is required with proofOfPossession, because audience is not a URL',
  )
  return {
    proofOfPossession,
    publicUrls,
    claimProof,
    proofNonce: parseNonceOptions(options.proofNonce),
    clientCertificate,
  }
}

export function demandProofOfPossession(value: unknown): void {
  demand(
    value === undefined || value === 'required' || value === 'optional',
    'proofOfPossession must be "required" or "optional"',
  )
}

function parsePublicUrls(
  publicUrl: ProofOptions['publicUrl'],
  audience: string,
): readonly string[] {
  if (publicUrl === undefined) {
    const origin = URL.canParse(audience) ? new URL(audience).origin : ''
    return /^https?:/.test(origin) ? [origin] : []
  }
  const list: readonly unknown[] = Array.isArray(publicUrl) ? publicUrl : [publicUrl]
  const sentence = 'publicUrl must be an https URL, or a list of such, without query and fragment'
  demand(list.length > 0, sentence)
  return list.map((text) => {
    demand(typeof text === 'string' && URL.canParse(text) && !/[?#\\]/.test(text), sentence)
    const { protocol, username, password, origin, pathname } = new URL(text)
    demand(/^https?:$/.test(protocol) && username === '' && password === '', sentence)
    return `${origin}${pathname.replace(/\/+$/, '')}`
  })
}

function parseNonceOptions(
  proofNonce: ProofOptions['proofNonce'] = 'none',
): ProofNonceSettings | undefined {
  if (proofNonce === 'none') return undefined
  demand(
    typeof proofNonce === 'object' &&
      proofNonce !== null &&
      Object.keys(proofNonce).every((name) => name === 'secret' || name === 'maxAgeSeconds'),
    'proofNonce must be "none" or { secret, maxAgeSeconds }',
  )
  const { secret, maxAgeSeconds = PROOF_NONCE_MAX_AGE_SECONDS } = proofNonce
  demand(
    secret === undefined ||
      (typeof secret === 'string' && secret.length >= MIN_PROOF_NONCE_SECRET_BYTES),
    `proofNonce.secret must have at least ${MIN_PROOF_NONCE_SECRET_BYTES} characters`,
  )
  const [least, most] = [MIN_PROOF_NONCE_MAX_AGE_SECONDS, MAX_PROOF_NONCE_MAX_AGE_SECONDS]
  demand(
    typeof maxAgeSeconds === 'number' && maxAgeSeconds >= least && maxAgeSeconds <= most,
    `proofNonce.maxAgeSeconds must be from ${least} to ${most}`,
  )
  return { secret, maxAgeSeconds }
}
