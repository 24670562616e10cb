/** `edgemint logout`: revokes the tokens of a login, and removes them from this machine. */
import { ExchangeError, revoke } from '../../../client/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { CommandFailure, unreachable } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { say } from '../../shell/output.ts'
import { notLoggedIn } from '../not-logged-in.ts'
import { PERSON_FLAGS, readGateway } from '../people-flags.ts'
import { readSession, removeSession, type Session } from '../session-file.ts'
import { withSessionLock } from '../session-lock.ts'
import { openProvider, reportFailures } from '../sign-in/provider.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: `Logs out at a gateway: revokes the admin token, revokes the refresh token if the provider can do that,
and removes both from this machine. The login at the provider itself does not end.`,
  flags: PERSON_FLAGS,
  example: 'npx edgemint logout --url https://sts.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const gateway = readGateway(values.url)
  return withSessionLock(gateway, async () => {
    const session = readSession(gateway)
    if (session === undefined) throw notLoggedIn(gateway)
    const faults = (
      await Promise.all([catchFault(revokeAdminToken(session)), catchFault(revokeRefresh(session))])
    ).flat()
    // A token that could not be revoked is removed too: who logs out wants it gone from here.
    removeSession(gateway)
    const [fault] = faults
    if (fault !== undefined) throw describeRest(session, fault)
    say(`logged out at ${gateway}`)
    return EXIT_CODES.done
  })
}

async function revokeAdminToken({ gateway, access_token, expires_at }: Session): Promise<void> {
  if (expires_at <= Date.now() / 1000) return
  await revoke({ url: gateway, token: access_token })
}

/** RFC 7009 §2.1. A provider need not have the endpoint. */
async function revokeRefresh({ provider: login, refresh_token }: Session): Promise<void> {
  if (refresh_token === undefined) return
  const { library, server, client, authentication, options } = await openProvider(login)
  if (server.revocation_endpoint === undefined) return
  await reportFailures(login, library, async () => {
    const response = await library.revocationRequest(
      server,
      client,
      authentication,
      refresh_token,
      options,
    )
    await library.processRevocationResponse(response)
  })
}

/** Returns what went wrong, in words. */
async function catchFault(action: Promise<void>): Promise<readonly string[]> {
  try {
    await action
    return []
  } catch (error) {
    if (error instanceof ExchangeError) return [error.description]
    if (error instanceof CommandFailure) return [error.message]
    throw error
  }
}

function describeRest({ gateway, expires_at }: Session, fault: string): CommandFailure {
  const end = new Date(expires_at * 1000).toISOString().replace('.000Z', 'Z')
  return unreachable(
    `logged out on this machine only: ${fault}`,
    `the admin token at ${gateway} is valid until ${end} at the latest; an owner can revoke it`,
  )
}
