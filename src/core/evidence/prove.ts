/**
 * Finds the key of an issuer and verifies a subject token with it. An issuer may reuse a `kid` for a
 * new key: if the signature is invalid, the current key is tried once.
 */
import type { Result } from '../../web/result.ts'
import type { VerifySignature } from '../../web/signature.ts'
import type { Denial } from '../denial.ts'
import { findKey, findReplacedKey, type KeyQuestion } from './find-key.ts'
import type { VerifiedIdentity } from './identity.ts'
import { verify } from './verify.ts'

/** Throws `Unavailable` if the issuer's current keys are not known. */
export async function prove(
  question: KeyQuestion,
  verifySignature: VerifySignature,
): Promise<Result<VerifiedIdentity, Denial>> {
  const { token, issuer, receivedAt } = question
  const found = findKey(question)
  const key = found instanceof Promise ? await found : found
  if (!key.ok) return key
  const verification = { token, issuer, key: key.value, receivedAt, verifySignature }
  const identity = await verify(verification)
  if (identity.ok || identity.error.reason !== 'signature_invalid') return identity
  const replaced = await findReplacedKey(question, key.value)
  return replaced === undefined ? identity : await verify({ ...verification, key: replaced })
}
