/**
 * `POST /admin/v1/revocations` revokes one token, given as `token` or `jti`. A log or a ticket has
 * only the `jti` of a leaked token. Unlike RFC 7009, a request that revokes nothing is refused.
 */
import * as z from 'zod/mini'
import type { DocumentProblem, RevocationReport } from '../../../contract/admin.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { plainText } from '../../../contract/text.ts'
import { revokeNamed } from '../../../core/endpoint/revoke.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../../core/limits.ts'
import { isTokenId } from '../../../core/tokens/ids.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { acceptedKeys } from '../../http/accepted-keys.ts'
import { readJsonBody } from '../../http/json-body.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { MAX_REVOCATION_REASON_CHARACTERS } from '../../limits.ts'
import { log } from '../../log.ts'

const NO_TOKEN_ID = 'is not the jti of an issued token: it has 22 or 30 characters of base64url'

export const revocationRequestSchema = z
  .strictObject({
    jti: z.optional(
      z.string().check(
        z.refine((text) => !text.startsWith('dec_'), {
          error: 'is a decision id: use tokenId from the log record of that decision',
          abort: true,
        }),
        z.refine(isTokenId, NO_TOKEN_ID),
      ),
    ),
    token: z.optional(z.string()),
    reason: z.optional(plainText(MAX_REVOCATION_REASON_CHARACTERS)),
  })
  .check(
    z.refine(({ jti, token }) => (jti === undefined) !== (token === undefined), {
      error: 'must have exactly one of jti and token',
    }),
  )

export async function postRevocationRoute(c: AdminContext): Promise<Response> {
  const body = await readJsonBody(c, MAX_REQUEST_BODY_BYTES)
  if (!body.ok) return body.error
  const parsed = revocationRequestSchema.safeParse(body.value)
  if (!parsed.success) {
    return refuse(PROBLEMS.bodyInvalid, parsed.error.issues.map(describeIssue))
  }
  const { jti, token = '', reason } = parsed.data
  const { settings, revocationLog } = c.var.gateway
  const revoked = await revokeNamed(
    jti ?? token,
    { by: c.var.author, ...(reason === undefined ? {} : { reason }) },
    {
      gatewayIssuer: settings.issuer,
      keyRing: acceptedKeys(c.var.gateway),
      clock: readClock,
      revokeToken: revocationLog.revokeToken,
    },
  )
  if (revoked === undefined) {
    return refuseToken('is not a token of this gateway: nothing needs to be revoked')
  }
  if (revoked === 'token_expired') {
    return refuseToken('has expired: no API accepts it any more')
  }
  const { tokenId, rule, revokedAt, expiresAt } = revoked
  log({ event: 'revocation', at: readClock(), tokenId, ...(rule === undefined ? {} : { rule }) })
  const report: RevocationReport = {
    jti: tokenId,
    revoked_at: revokedAt,
    expires_at: expiresAt,
  }
  return respondJson(report)
}

function refuseToken(message: string): Response {
  const problem = { code: 'token_invalid', path: ['token'], message }
  return refuse(PROBLEMS.tokenNotRevocable, [problem])
}

function refuse(
  problem: (typeof PROBLEMS)['bodyInvalid' | 'tokenNotRevocable'],
  problems: readonly DocumentProblem[],
): Response {
  const [first] = problems
  const detail = `nothing was revoked: ${first?.path.join('.') || 'the body'} ${first?.message}`
  return respondProblem({ ...problem, detail, problems })
}

/** For a wrong type, the message has an example instead of the message of zod. */
function describeIssue(issue: z.core.$ZodIssue): DocumentProblem {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  return { code: 'value_invalid', path, message: describe(issue) }
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
    case 'invalid_format':
      return issue.message
    case 'unrecognized_keys':
      return 'has an unknown member: only jti, token and reason are allowed'
    default:
      return 'must be JSON such as {"jti": "…", "reason": "…"}'
  }
}
