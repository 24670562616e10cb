/**
 * Finds the key of an issuer and verifies a subject token with it. An issuer may reuse a `kid` for a
 * new key: if the signature is invalid, the current key is tried once.
 */
import type { Result } from '../../web/result.ts'
import type { VerifySignature } from '../../web/signature.ts'
import type { Denial } from '../denial.ts'
import { findKey, findReplacedKey, type KeyQuestion } from './find-key.ts'
import type { Presentation, VerifiedIdentity } from './identity.ts'
import { verify } from './verify.ts'

export type ProofQuestion = KeyQuestion & {
  readonly presentation: Presentation
  readonly gatewayIssuer: string
  readonly verifySignature: VerifySignature
}

/** Throws `Unavailable` if the issuer's current keys are not known. */
export async function prove(question: ProofQuestion): Promise<Result<VerifiedIdentity, Denial>> {
  const found = findKey(question)
  const key = found instanceof Promise ? await found : found
  if (!key.ok) return key
  const identity = await verify({ ...question, key: key.value })
  if (identity.ok || identity.error.reason !== 'signature_invalid') return identity
  const replaced = await findReplacedKey(question, key.value)
  return replaced === undefined ? identity : await verify({ ...question, key: replaced })
}
