/**
 * Refuses a token that no verifier would accept. Each part of a token has a limit, but a deployment
 * with long names can reach many limits at once, and the longest token would have over 100 KiB.
 */
import { deny } from '../denial.ts'
import type { Issuance, Mint } from '../issuance.ts'
import { MAX_ISSUED_TOKEN_CHARACTERS } from '../limits.ts'

/** JSON writes a control character in six bytes, and base64url writes three bytes in four. */
const MOST_PER_CHARACTER = 8
/** More than header, signature, names of members, times and ids take together. */
const MOST_BESIDES_TEXTS = 4096

/** Runs before the subject token is marked as used, so that a refusal uses up nothing. */
export function checkLength({ measure }: Mint, issuance: Issuance) {
  if (measure === undefined || isSurelyShort(issuance)) return undefined
  const length = measure(issuance)
  const limit = MAX_ISSUED_TOKEN_CHARACTERS
  return length > limit
    ? deny({ reason: 'issued_token_too_long', facts: { length, limit } })
    : undefined
}

/** Nearly every token is. To measure one takes as long as to write it. */
function isSurelyShort(issuance: Issuance): boolean {
  const { gatewayIssuer, identity, rule, resource, scopes, subject, claims } = issuance
  if (issuance.act !== undefined || issuance.descent !== undefined) return false
  if (Object.keys(claims).length > 0) return false
  // The issuer is also in the address of the status list.
  const texts = [gatewayIssuer, gatewayIssuer, rule, resource.audience, subject, ...scopes]
  let characters = texts.length
  for (const text of texts) characters += text.length
  characters += identity.issuer.length + identity.subject.length + (identity.tokenId?.length ?? 0)
  return MOST_BESIDES_TEXTS + MOST_PER_CHARACTER * characters <= MAX_ISSUED_TOKEN_CHARACTERS
}
