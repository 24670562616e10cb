/**
 * `edgemint serve`: the built Worker on this machine. One JSON line on stdout says when it is
 * ready; words and the Worker's own log go to stderr.
 */
import { userInfo } from 'node:os'
import { findGatewayIssuerFault } from '../../core/rules/issuer-url.ts'
import { describeFault } from '../../core/rules/url-spelling.ts'
import { type LocalGateway, MiniflareMissing, startGateway } from '../../dev/serve.ts'
import { checkTrustFile } from '../check-trust.ts'
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts'
import { type CommandFailure, usageFailure } from '../failure.ts'
import { parseFlags, parsePort } from '../flags.ts'
import { hint, note, print, say } from '../output.ts'
import { placeProblems, sayProblems } from '../problems.ts'
import { describeStartFailure } from '../start-failure.ts'
import type { TrustFile } from '../trust-file.ts'
import { untilStopped } from '../until-stopped.ts'
import { gatherWorkerVariables, readCeilings } from '../worker-variables.ts'

export const usage = `Usage: edgemint serve [FLAGS]

Runs a gateway on this machine. Prints one line of JSON with url, issuer and revision when ready.

  --port PORT       8787 by default; 0 picks a free one
  --host HOST       127.0.0.1 by default
  --state DIR       where everything is kept; .edgemint/state by default
  --trust FILE      a trust document to apply at start
  --issuer URL      the issuer URL to publish; its own address by default
  --local-issuers   accept http issuers on loopback addresses

The Worker's variables and secrets are taken from the environment: ISSUER, BOOTSTRAP_TRUST,
MAX_TOKEN_LIFETIME_SECONDS, MAX_RULE_EXPIRY_DAYS, TRUST_MAX_STALE_SECONDS,
ISSUER_KEYS_MAX_STALE_SECONDS and every SIGNING_KEY_<NAME>.

Example:
  npx edgemint serve --trust examples/trust.yaml --local-issuers`

const DEFAULT_PORT = 8787
const DEFAULT_STATE = '.edgemint/state'
/** The version that the built Worker was tested with. */
const INSTALL_MINIFLARE = 'npm i -D miniflare@5.20261023.2-beta'

type ServeRequest = {
  readonly host: string
  readonly port: number
  readonly stateDir: string
  readonly trustPath: string | undefined
  readonly issuer: string | undefined
  readonly localIssuers: boolean
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const request = parseRequest(args)
  const { port, issuer, localIssuers } = request
  // With port 0 the address is not known yet; the gateway itself checks the document again.
  const address = `http://127.0.0.1:${port === 0 ? DEFAULT_PORT : port}`
  const ceilings = readCeilings(process.env, issuer ?? address, localIssuers)
  const variables = await gatherWorkerVariables(process.env, ceilings)
  let trust: TrustFile | undefined
  if (request.trustPath !== undefined) {
    const checked = await checkTrustFile(request.trustPath, ceilings)
    if (!checked.ok) {
      sayProblems(request.trustPath, checked.problems)
      return EXIT_CODES.refused
    }
    trust = checked.file
  }
  const gateway = await start(request, variables)
  try {
    const stopped = untilStopped()
    const isApplied = trust === undefined || (await applyTrust(gateway, trust))
    if (!isApplied) return EXIT_CODES.refused
    sayKey(gateway)
    const revision = await gateway.revision()
    print(JSON.stringify({ url: gateway.url, issuer: gateway.issuer, revision }))
    await stopped
    return EXIT_CODES.done
  } finally {
    await gateway.close()
  }
}

function parseRequest(args: readonly string[]): ServeRequest {
  const { values } = parseFlags(args, {
    port: { type: 'string' },
    host: { type: 'string' },
    state: { type: 'string' },
    trust: { type: 'string' },
    issuer: { type: 'string' },
    'local-issuers': { type: 'boolean' },
  })
  const fromEnvironment = process.env.ISSUER === '' ? undefined : process.env.ISSUER
  const issuer = values.issuer ?? fromEnvironment
  const fault = issuer === undefined ? undefined : findGatewayIssuerFault(issuer)
  if (fault !== undefined) {
    const name = values.issuer === undefined ? 'ISSUER' : '--issuer'
    throw usageFailure(`${name} ${describeFault(fault)}`)
  }
  return {
    host: values.host ?? '127.0.0.1',
    port: parsePort(values.port, DEFAULT_PORT),
    stateDir: values.state ?? DEFAULT_STATE,
    trustPath: values.trust,
    issuer,
    localIssuers: values['local-issuers'] === true,
  }
}

async function start(
  { host, port, stateDir, issuer, localIssuers }: ServeRequest,
  variables: Readonly<Record<string, string>>,
): Promise<LocalGateway> {
  try {
    return await startGateway({
      host,
      port,
      stateDir,
      localIssuers,
      variables,
      onLog: note,
      ...(issuer === undefined ? {} : { issuer }),
    })
  } catch (error) {
    throw describeFailure(error, host, port)
  }
}

function describeFailure(error: unknown, host: string, port: number): CommandFailure {
  if (error instanceof MiniflareMissing) return usageFailure(error.message, INSTALL_MINIFLARE)
  return describeStartFailure(error, host, port)
}

/** The gateway has the last word; what it refuses leaves the revision before in force. */
async function applyTrust(gateway: LocalGateway, trust: TrustFile): Promise<boolean> {
  const result = await gateway.applyTrust(trust.json, `local:${userName()}`)
  if (result.kind === 'refused') {
    sayProblems(trust.path, placeProblems(trust, result.problems))
    return false
  }
  const verb = result.kind === 'stored' ? 'applied as' : 'is'
  say(`${trust.path} ${verb} revision ${result.summary.revision}`)
  return true
}

/** A container may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

function sayKey({ localKey }: LocalGateway): void {
  if (localKey === undefined) return
  if (!localKey.isNew) {
    say(`signs with the key of this state directory, ${localKey.path}`)
    return
  }
  say(`made a signing key for this machine, ${localKey.path}`)
  hint('a deployment needs a key of its own: npx edgemint keys generate --help')
}
