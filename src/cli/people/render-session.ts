/** What `whoami` shows of a session. It never contains a token. */
import { ADMIN_ROLES } from '../../contract/admin.ts'
import type { NewSession } from './session-file.ts'

export type SessionReport = ReturnType<typeof describeSession>

export function describeSession(session: NewSession) {
  const { gateway, subject, scopes, provider, expires_at, refresh_token } = session
  const role = findRole(scopes)
  return {
    gateway,
    subject,
    issuer: provider.issuer,
    ...(role === undefined ? {} : { role }),
    scopes,
    expires_at,
    renewable: refresh_token !== undefined,
  }
}

/** The role with exactly these scopes. */
function findRole(scopes: readonly string[]): string | undefined {
  const roles = Object.entries(ADMIN_ROLES)
  return roles.find(([, granted]) => {
    const isSubset = granted.every((scope) => scopes.includes(scope))
    return isSubset && granted.length === scopes.length
  })?.[0]
}

export function renderSession(report: SessionReport): string {
  const { gateway, subject, issuer, role, scopes, expires_at, renewable } = report
  const end = new Date(expires_at * 1000).toISOString().replace('.000Z', 'Z')
  const isOver = expires_at <= Date.now() / 1000
  return [
    `gateway: ${gateway}`,
    `subject: ${subject}`,
    `issuer: ${issuer}`,
    ...(role === undefined ? [] : [`role: ${role}`]),
    `scopes: ${scopes.join(' ')}`,
    `${isOver ? 'ended' : 'ends'}: ${end}${renewable ? ', renewed by the next command' : ''}`,
  ].join('\n')
}
