/**
 * Renders the subject and the claims of the issued token from a grant and the claims of the subject
 * token. This is part of the decision: a template that does not render is refused before the
 * subject token is marked as used.
 */

import {
  BUDGET_TEMPLATE,
  type TemplateFault,
  type UnrenderableTemplate,
} from '../../../protocol/template-fault.ts'
import type { JsonObject } from '../../../web/json.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import { sha256Hex } from '../../../web/sha256.ts'
import { readClaim, readScalar } from '../../evidence/identity.ts'
import { MAX_RENDERED_CLAIMS_BYTES } from '../../limits.ts'
import type { Grant, Resource } from '../compile/compiled.ts'
import { findRenderedFault } from '../consumer/check-grant.ts'
import { findDomainFault } from '../consumer/trust-domain.ts'
import { renderMembers } from '../language/claim-tree.ts'
import { countBytes, renderTemplate, whyUnreadable } from '../language/template.ts'

/** The holder of the subject token. */
export type RenderedFor = {
  /**
   * The issuer's name in the document. It is the prefix of the default subject. Undefined for a
   * token of this gateway, whose subject is kept.
   */
  readonly issuerName: string | undefined
  /** The `sub` of the subject token; undefined if it is not a readable text. */
  readonly subject: string | undefined
  readonly claims: JsonObject
  /** Undefined in tools, which show an example. */
  readonly decisionId?: string | undefined
}

/** The decision id that tools show. It has the form and the length of a real one. */
const EXAMPLE_DECISION_ID = `dec_${'EXAMPLE'.repeat(3)}0`

export type RenderedGrant = {
  readonly subject: string
  /** By name. */
  readonly claims: JsonObject
  /** The value of the claim that the budget counts by. Undefined without a budget. */
  readonly job?: string | number | undefined
}

/**
 * The subject and claims of the token, or the first template that does not render or whose result
 * the consumer does not accept.
 */
export function renderGrant(
  grant: Grant,
  holder: RenderedFor,
  resource: Pick<Resource, 'preset' | 'typ' | 'trustDomain'>,
): Result<RenderedGrant, UnrenderableTemplate> {
  const subject =
    grant.subject === undefined
      ? renderDefaultSubject(holder, grant.maxSubjectBytes)
      : renderTemplate(grant.subject, holder.claims)
  if (typeof subject !== 'string') return fail({ template: 'subject', ...subject })
  const reserved = findDomainFault(resource, subject)
  if (reserved !== undefined) return fail({ template: 'subject', ...reserved })
  const claims = renderMembers(
    grant.claims,
    holder.claims,
    holder.decisionId ?? EXAMPLE_DECISION_ID,
  )
  if (!claims.ok) return claims
  const length = grant.areClaimsMeasured ? countBytes(JSON.stringify(claims.value)) : 0
  if (length > MAX_RENDERED_CLAIMS_BYTES) {
    const limit = MAX_RENDERED_CLAIMS_BYTES
    return fail({ template: 'claims', cause: 'result_too_long', length, limit })
  }
  const { preset } = resource
  const fault = preset && findRenderedFault(preset, subject, claims.value)
  if (fault !== undefined) return fail(fault)
  if (grant.budget === undefined) return ok({ subject, claims: claims.value })
  const { claim, path } = grant.budget
  const job = readScalar(holder.claims, path)
  // A token without the id of its job could be presented any number of times (REP-06).
  if (job === undefined || typeof job === 'boolean') {
    const why = whyUnreadable(readClaim(holder.claims, path))
    return fail({ template: BUDGET_TEMPLATE, claim, ...why })
  }
  return ok({ subject, claims: claims.value, job })
}

/** The hashed form of a subject, without the issuer's name. */
const SHORT_FORM = /^sha256:[0-9a-f]{64}$/

/**
 * The issuer's name, a colon and the subject of the token. Without the name, equal subjects of two
 * issuers would be one principal (ISS-02). A subject that is too long is hashed. A subject that
 * looks like a hash is hashed too. Otherwise it could equal the hash of another subject (MAP-05).
 */
function renderDefaultSubject(
  { issuerName, subject, claims }: RenderedFor,
  maxBytes: number,
): string | TemplateFault {
  if (subject === undefined) return { claim: 'sub', ...whyUnreadable(readClaim(claims, ['sub'])) }
  if (issuerName === undefined) return subject
  const plain = `${issuerName}:${subject}`
  if (countBytes(plain) <= maxBytes && !SHORT_FORM.test(subject)) return plain
  const short = `${issuerName}:sha256:${sha256Hex(subject)}`
  const length = countBytes(short)
  return length <= maxBytes ? short : { cause: 'result_too_long', length, limit: maxBytes }
}
