/** Revokes every token that a signing key has signed, through the admin API. */
import { parseObject } from '../../client/in-house.ts'
import { PATHS } from '../../protocol/paths.ts'
import { type AdminAccess, ask, describeProblem, notAGateway } from '../trust/admin-api.ts'

/** Returns the answer of the gateway. The revocation is stored when this returns. */
export async function revokeKey(
  access: AdminAccess,
  kid: string,
  reason: string,
): Promise<Readonly<Record<string, unknown>>> {
  const request = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    // The key has nearly always signed the token of the caller too.
    body: JSON.stringify({ key: kid, reason, confirm: true }),
  }
  const answer = await ask(access, request, PATHS.adminRevocations)
  if (answer.status !== 200) throw describeProblem(answer)
  const report = parseObject(answer.text)
  if (typeof report?.revoked_at !== 'number') throw notAGateway(answer.status)
  return report
}
