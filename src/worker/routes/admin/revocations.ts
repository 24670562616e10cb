/**
 * `POST /admin/v1/revocations` revokes one token, given as `token` or `jti`. A log or a ticket has
 * only the `jti` of a leaked token. Unlike RFC 7009, a request that revokes nothing is refused.
 */
import * as z from 'zod/mini'
import type { RevocationReport } from '../../../contract/admin.ts'
import { plainText } from '../../../contract/text.ts'
import { revokeNamed } from '../../../core/endpoint/revoke.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../../core/limits.ts'
import { isTokenId } from '../../../core/tokens/ids.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { acceptedKeys } from '../../http/accepted-keys.ts'
import { readBody } from '../../http/body.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { MAX_REVOCATION_REASON_CHARACTERS } from '../../limits.ts'
import { log } from '../../log.ts'

const NO_TOKEN_ID = 'is not the jti of an issued token: it has 22 characters of base64url'

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
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    const detail = 'the Content-Type must be application/json'
    return respondProblem({ status: 415, title: 'Unsupported Media Type', detail })
  }
  const { text, isTooLarge } = await readBody(c.req.raw, MAX_REQUEST_BODY_BYTES)
  if (isTooLarge) return respondProblem({ status: 413, title: 'Content Too Large' })
  const parsed = revocationRequestSchema.safeParse(parseJson(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return refuse(`${issue?.path.join('.') || 'the body'} ${describe(issue)}`)
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
  if (revoked === undefined) return refuse('token is not a token of this gateway')
  if (revoked === 'token_expired') return refuse('the token has expired')
  const { tokenId, rule, revokedAt, expiresAt } = revoked
  log({ event: 'revocation', at: readClock(), tokenId, ...(rule === undefined ? {} : { rule }) })
  const report: RevocationReport = {
    jti: tokenId,
    revoked_at: revokedAt,
    expires_at: expiresAt,
  }
  return respondJson(report)
}

function refuse(why: string): Response {
  const detail = `nothing was revoked: ${why}`
  return respondProblem({ status: 400, title: 'Bad Request', detail })
}

/**
 * Returns the message of one of our checks. For a wrong type, returns an example instead of the
 * message of zod.
 */
function describe(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'custom':
    case 'invalid_format':
      return issue.message
    case 'unrecognized_keys':
      return 'has an unknown member: only jti, token and reason are allowed'
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
