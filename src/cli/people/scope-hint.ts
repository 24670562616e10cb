/** Which roles have the scope that an admin token lacks. */
import { ADMIN_ROLES, ADMIN_SCOPES } from '../../contract/admin.ts'

/**
 * Returns a hint for an answer with status 403, whose challenge names the scope (RFC 6750 §3), or
 * undefined for another answer.
 */
export function findScopeHint(status: number, headers: Headers): string | undefined {
  if (status !== 403) return undefined
  const named = /\bscope="([a-z:]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
  const scope = ADMIN_SCOPES.find((one) => one === named)
  if (scope === undefined) return undefined
  const roles = Object.entries(ADMIN_ROLES)
    .filter(([, scopes]) => scopes.some((one) => one === scope))
    .map(([role]) => role)
  const [only] = roles
  const which =
    roles.length === 1
      ? `only the role ${only} has it`
      : `the roles ${roles.slice(0, -1).join(', ')} and ${roles.at(-1)} have it`
  return `${which}; to see the role of your login: npx edgemint whoami --help`
}
