/**
 * The JWT bearer grant (RFC 7523 §2.1): a workload presents the token of its platform as
 * `assertion`. MCP clients without a browser use it, and so do clients with an ID-JAG.
 */
import { GRANT_TYPE_JWT_BEARER } from '../../protocol/oauth.ts'
import { ok, type Result } from '../../web/result.ts'
import type { Denial, OAuthError } from '../denial.ts'
import { type Form, requireParameter } from '../endpoint/form.ts'
import { renderAnswer } from './answer.ts'
import type { GrantType, Presented } from './grant-type.ts'

/** RFC 7523 §3.1 has this code for an assertion that is invalid or not acceptable. */
const INVALID_GRANT: OAuthError = { error: 'invalid_grant', status: 400 }

export const JWT_BEARER: GrantType = {
  name: GRANT_TYPE_JWT_BEARER,
  assertionName: 'assertion',
  parameters: [{ name: 'assertion' }],
  errors: { assertion: INVALID_GRANT, decision: INVALID_GRANT },
  read,
  render: renderAnswer,
}

function read(form: Form): Result<Presented, Denial> {
  const assertion = requireParameter(form, 'assertion')
  if (!assertion.ok) return assertion
  return ok({ assertion: assertion.value, presentation: 'assertion', issuedTokenType: undefined })
}
