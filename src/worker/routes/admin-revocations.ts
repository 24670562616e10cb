/**
 * `POST /admin/v1/revocations`: revokes one token by its `jti`, which is all that a log or a ticket
 * has of a leaked one. Unlike RFC 7009, every request that revokes nothing is refused.
 */
import type { Context } from 'hono'
import * as z from 'zod'
import { isTokenId } from '../../core/issue/own-token.ts'
import { MAX_REQUEST_BODY_BYTES, MAX_REVOCATION_REASON_CHARACTERS } from '../../core/limits.ts'
import { revokeTokenId } from '../../core/revoke.ts'
import { plainText } from '../../core/rules/schema.ts'
import type { RevocationReport } from '../../protocol/admin.ts'
import { readBody } from '../body.ts'
import { readClock } from '../compose.ts'
import { log } from '../log.ts'
import type { AdminEnv } from '../middleware/admin-auth.ts'
import { respondJson, respondProblem } from '../respond.ts'

const requestSchema = z.strictObject({
  jti: z
    .string()
    .refine((text) => !text.startsWith('dec_'), {
      error: 'is the id of a decision: take tokenId from the log record of that decision',
      abort: true,
    })
    .refine(isTokenId, 'is not the jti of a token of this gateway: 22 characters of base64url'),
  reason: plainText(MAX_REVOCATION_REASON_CHARACTERS).optional(),
})

export async function postRevocationRoute(c: Context<AdminEnv>): Promise<Response> {
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    const detail = 'a revocation is sent as application/json'
    return respondProblem({ status: 415, title: 'Unsupported Media Type', detail })
  }
  const { text, isTooLarge } = await readBody(c.req.raw, MAX_REQUEST_BODY_BYTES)
  if (isTooLarge) return respondProblem({ status: 413, title: 'Content Too Large' })
  const parsed = requestSchema.safeParse(parseJson(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const at = issue?.path.join('.') || 'the body'
    const detail = `nothing was revoked: ${at} ${describe(issue)}`
    return respondProblem({ status: 400, title: 'Bad Request', detail })
  }
  const { jti, reason } = parsed.data
  const { revokeToken } = c.var.gateway.revocationLog
  const request = { by: c.var.author, ...(reason === undefined ? {} : { reason }) }
  const { revokedAt, expiresAt } = await revokeTokenId(jti, request, {
    clock: readClock,
    revokeToken,
  })
  log({ event: 'revocation', at: readClock(), tokenId: jti })
  const report: RevocationReport = { jti, revoked_at: revokedAt, expires_at: expiresAt }
  return respondJson(report)
}

/** Our own sentences; what zod says of types is replaced by what the body must be. */
function describe(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'custom':
    case 'invalid_format':
      return issue.message
    case 'unrecognized_keys':
      return 'has a member that is not known: only jti and reason are'
    default:
      return 'must be JSON such as {"jti": "…", "reason": "…"}'
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
