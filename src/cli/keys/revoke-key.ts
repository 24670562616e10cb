/** Revokes every token that a signing key has signed, or counts them, through the admin API. */
import { parseObject } from '../../client/in-house.ts'
import { asksToConfirm, askToRevoke } from '../revocations/ask-to-revoke.ts'
import { refusal } from '../shell/failure.ts'
import { type AdminAccess, describeProblem, notAGateway } from '../trust/admin-api.ts'

export type KeyRevocation = {
  readonly key: string
  readonly reason: string
  /** Count the live tokens, and revoke nothing. */
  readonly dry_run?: true
  /** Revoke although the token of the caller ends too. */
  readonly confirm?: true
}

/**
 * Returns the answer of the gateway, and whether the token of the caller ended with the key. The
 * revocation is stored when this returns.
 */
export async function revokeKey(
  access: AdminAccess,
  revocation: KeyRevocation,
): Promise<{ readonly report: Readonly<Record<string, unknown>>; readonly endsOwn: boolean }> {
  const { answer, endsOwn } = await askToRevoke(access, revocation)
  if (answer.status !== 200) {
    if (!asksToConfirm(answer)) throw describeProblem(answer)
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
  return { report, endsOwn }
}
