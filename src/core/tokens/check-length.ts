/**
 * Refuses a token that no verifier would accept. Each part of a token has a limit, but a deployment
 * with long names can reach many limits at once, and the longest token would have over 100 KiB.
 */
import { deny } from '../denial.ts'
import { MAX_ISSUED_TOKEN_CHARACTERS } from '../limits.ts'
import type { Issuance, Mint } from '../ports.ts'

/** Runs before the subject token is marked as used, so that a refusal uses up nothing. */
export function checkLength({ measure }: Mint, issuance: Issuance) {
  const length = measure?.(issuance) ?? 0
  const limit = MAX_ISSUED_TOKEN_CHARACTERS
  return length > limit
    ? deny({ reason: 'issued_token_too_long', facts: { length, limit } })
    : undefined
}
