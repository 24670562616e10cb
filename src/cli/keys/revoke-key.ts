/** Revokes every token that a signing key has signed, or counts them, through the admin API. */
import { parseObject } from '../../client/in-house.ts'
import { PATHS } from '../../protocol/paths.ts'
import { refusal } from '../shell/failure.ts'
import {
  type AdminAccess,
  ask,
  describeProblem,
  notAGateway,
  readProblems,
} from '../trust/admin-api.ts'

export type KeyRevocation = {
  readonly key: string
  readonly reason: string
  /** Count the live tokens, and revoke nothing. */
  readonly dry_run?: true
  /** Revoke although the token of the caller ends too. */
  readonly confirm?: true
}

/** Returns the answer of the gateway. The revocation is stored when this returns. */
export async function revokeKey(
  access: AdminAccess,
  revocation: KeyRevocation,
): Promise<Readonly<Record<string, unknown>>> {
  const request = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(revocation),
  }
  const answer = await ask(access, request, PATHS.adminRevocations)
  if (answer.status !== 200) {
    const problems = readProblems(parseObject(answer.text)?.problems)
    if (!problems.some(({ path }) => path[0] === 'confirm')) throw describeProblem(answer)
    throw refusal(
      'refused: your own admin token is signed with this key and would end too',
      'get a token that another key has signed, or add --yes',
    )
  }
  const report = parseObject(answer.text)
  const isDone =
    revocation.dry_run === true
      ? typeof report?.live_tokens === 'number'
      : typeof report?.revoked_at === 'number'
  if (report === undefined || !isDone) throw notAGateway(answer.status)
  return report
}
