/** Sends a revocation, and learns from the gateway whether the admin token of the caller ends with it. */
import { parseObject } from '../../client/in-house.ts'
import { PATHS } from '../../protocol/paths.ts'
import { type AdminAccess, ask, readProblems } from '../trust/admin-api.ts'

type Answer = Awaited<ReturnType<typeof ask>>

export const OWN_TOKEN_ENDED = 'your own admin token is among the revoked ones: get a new one'

/**
 * A `confirm` is sent only when the gateway asks for it, which tells that the own token ends
 * (`endsOwn`). Nothing is stored until then. For everything, the gateway always asks.
 */
export async function askToRevoke(
  access: AdminAccess,
  revocation: Readonly<Record<string, unknown>>,
): Promise<{ readonly answer: Answer; readonly endsOwn: boolean }> {
  const { confirm, ...rest } = revocation
  const send = (body: object) => {
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'POST' as const, headers, body: JSON.stringify(body) }
    return ask(access, request, PATHS.adminRevocations)
  }
  const answer = await send(rest.all === true ? revocation : rest)
  const isAgain = confirm === true && asksToConfirm(answer)
  return isAgain ? { answer: await send(revocation), endsOwn: true } : { answer, endsOwn: false }
}

/** Whether the gateway refused the request because it needs `confirm`, which is a flag here. */
export function asksToConfirm({ status, text }: Answer): boolean {
  if (status === 200) return false
  return readProblems(parseObject(text)?.problems).some(({ path }) => path[0] === 'confirm')
}
