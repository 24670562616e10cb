/**
 * How people log in: the setting `ADMIN_LOGIN`, and the answer of `GET /admin/v1/login`. The command
 * line and the console read the answer before they send a person to the provider.
 */
import * as z from 'zod/mini'
import { SCOPE_TOKEN } from '../protocol/scope.ts'
import { findRepeatedMember } from '../web/json.ts'
import { fail, ok, type Result } from '../web/result.ts'
import { describeIssues } from './document-problems.ts'
import { MAX_LOGIN_SCOPES, MAX_URI_CHARACTERS } from './limits.ts'
import { boundedText, IN_ENGLISH } from './text.ts'

/** RFC 6749 Appendix A.1. */
const clientId = boundedText(MAX_URI_CHARACTERS).check(
  z.regex(/^[\x20-\x7e]+$/, 'must be ASCII text'),
)
const scope = boundedText(MAX_URI_CHARACTERS).check(
  z.regex(SCOPE_TOKEN, 'must be the name of a scope'),
)
/** Without `openid`, a provider returns no ID token (OpenID Connect Core §3.1.2.1). */
const OPENID = 'openid'
const scopes = z.array(scope).check(
  z.maxLength(MAX_LOGIN_SCOPES),
  z.refine((names) => names.includes(OPENID), 'must include openid'),
)

const members = { issuer: boundedText(MAX_URI_CHARACTERS), client_id: clientId }

const adminLoginSchema = z.strictObject({ ...members, scopes: z.optional(scopes) })

/** The provider of people, the public client that is registered there, and what it asks for. */
export type AdminLogin = {
  readonly issuer: string
  readonly client_id: string
  readonly scopes: readonly string[]
}

/** `resource` is what to ask the gateway for, in exchange for the ID token: its issuer URL. */
export const loginSchema = z.object({ ...members, scopes, resource: z.string() })

export type LoginAnswer = z.infer<typeof loginSchema>

/** Parses the text of `ADMIN_LOGIN`. The fault is one sentence. */
export function parseAdminLogin(text: string): Result<AdminLogin, string> {
  let source: unknown
  try {
    source = JSON.parse(text)
  } catch {
    return fail('is not JSON')
  }
  const repeated = findRepeatedMember(text)
  if (repeated !== undefined) return fail(`has a duplicate key: ${repeated.join('.')}`)
  const parsed = adminLoginSchema.safeParse(source, IN_ENGLISH)
  if (parsed.success) return ok({ ...parsed.data, scopes: parsed.data.scopes ?? [OPENID] })
  const [problem] = describeIssues(parsed.error, source)
  return fail(`${problem?.path.join('.') || 'the object'}: ${problem?.message}`)
}
