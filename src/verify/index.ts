/**
 * The door `edgemint/verify`: for APIs that accept the gateway's tokens, on any platform with the
 * Fetch API and Web Crypto.
 */
export type { VerifiedToken } from './claims.ts'
export type { VerifierOptions } from './options.ts'
export {
  type GatewayFault,
  type VerificationCode,
  VerificationError,
  type VerificationReason,
} from './verification-error.ts'
export { createVerifier, type Verifier } from './verifier.ts'
