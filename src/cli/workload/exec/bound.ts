/**
 * Runs the program of `exec --bind`. The program cannot use a token that is bound to a key of this
 * process, so it gets the address of a local proxy instead. The proxy ends with the program.
 */
import { randomUUID } from 'node:crypto'
import type { ProofKey } from '../../../client/index.ts'
import { usageFailure } from '../../shell/failure.ts'
import { currentIo } from '../../shell/io.ts'
import { renderUrl } from '../proxy/listen-address.ts'
import { parseAdmission } from '../proxy/parse-admission.ts'
import { parseRoutes, type Routes } from '../proxy/routes.ts'
import { createProxy } from '../proxy/server.ts'
import type { TokenKeeper } from '../token-keeper.ts'
import { type Program, type Relay, runProgram } from './child.ts'
import { makeProxyEnvironment, PROXY_VARIABLE } from './environment.ts'

export type BoundFlags = {
  readonly bind: boolean
  readonly upstream?: string | undefined
  readonly file?: string | undefined
}

/** Returns the routes of the local proxy, or undefined without `--bind`. Throws a usage failure. */
export function parseBoundFlags({ bind, upstream, file }: BoundFlags): Routes | undefined {
  if (!bind && upstream === undefined) return undefined
  if (!bind) throw usageFailure('--upstream needs --bind')
  if (file !== undefined) {
    const reason = 'a program cannot use a token that is bound to a key of another process'
    throw usageFailure(`--file cannot be used with --bind: ${reason}`)
  }
  if (upstream === undefined) {
    throw usageFailure(
      '--bind needs --upstream: only a local proxy can use a token that is bound to a key',
      `add the URL of the API, and have the program send its requests to $${PROXY_VARIABLE}`,
    )
  }
  return parseRoutes(upstream, [])
}

export type BoundRun = {
  readonly program: Program
  readonly relay: Relay
  readonly routes: Routes
  readonly tokens: TokenKeeper
  readonly proofKey: ProofKey
  /** The variable for the URL of the proxy. */
  readonly variable: string | undefined
}

/** Returns the exit code of the program. */
export async function runBound(run: BoundRun): Promise<number> {
  const { program, relay, routes, tokens, proofKey, variable = PROXY_VARIABLE } = run
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const
  const pseudonym = `edgemint-${randomUUID().slice(0, 8)}`
  const admission = parseAdmission({ address, hosts: [], origins: [], pseudonym })
  const proxy = createProxy({ routes, admission, tokens, proofKey })
  try {
    const url = renderUrl(await proxy.listen(address))
    const { environment } = currentIo()
    return await runProgram(program, makeProxyEnvironment(environment, variable, url), relay)
  } finally {
    await proxy.close()
  }
}
