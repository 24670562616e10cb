/**
 * The entry point `edgemint/verify`: for APIs that accept the gateway's tokens, on any platform with
 * the Fetch API and Web Crypto.
 */

export type { ActorName } from '../protocol/token.ts'
export type { TokenCarrier } from './authorization.ts'
export type { ActorNeed, VerifiedToken } from './claims.ts'
export type { RequestContext } from './keys/remote-keys.ts'
export type { RevocationOptions, TokenNeeds, VerifierOptions } from './options.ts'
export type { ClaimProof, ProofNonceOptions, ProofOptions } from './proof/proof-options.ts'
export type { ClaimValue, RequiredClaims } from './required-claims.ts'
export {
  describeResource,
  type ResourceDescription,
  type ResourceMetadata,
  type ResourceOptions,
} from './resource.ts'
export {
  type GatewayFault,
  type ProofFault,
  type VerificationCode,
  VerificationError,
  type VerificationReason,
} from './verification-error.ts'
export { createVerifier, type Verifier } from './verifier.ts'
