/**
 * `edgemint serve`: runs the built Worker on this machine. It prints one line of JSON on stdout
 * when it is ready, and prints messages and the Worker's log on stderr. What `--production` adds is
 * in `operate/production`.
 */
import { userInfo } from 'node:os'
import { placeProblems, type TrustFile } from '../../../analysis/source/in-house.ts'
import { reachableUrl } from '../../../dev/in-house.ts'
import { type ApplyTrust, type LocalGateway, startGateway } from '../../../dev/index.ts'
import { findGatewayIssuerFault } from '../../../web/issuer-url.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, parsePort } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { hint, note, print, say } from '../../shell/output.ts'
import { checkTrustFile } from '../../trust/check-trust.ts'
import { sayProblems } from '../../trust/problems.ts'
import { withAdminLogin } from '../admin-login.ts'
import {
  isOwnMachine,
  LISTEN_FLAGS,
  parseAllowedHosts,
  parseListenHost,
  parseMetricsPort,
} from '../listen-flags.ts'
import { PRODUCTION_FLAGS, type ProductionRequest, parseProduction } from '../production/flags.ts'
import { inProduction, type ProductionMode } from '../production/mode.ts'
import { describeServeFailure, throwEnd, throwStartFailure } from '../serve-failure.ts'
import { untilStopped } from '../until-stopped.ts'
import { gatherWorkerVariables, listSettings, readCeilings } from '../worker-variables.ts'

const DEFAULT_PORT = 8787
const DEFAULT_STATE = '.edgemint/state'

export const command = {
  synopsis: '[FLAGS]',
  about:
    'Runs a gateway on this machine. Prints one line of JSON with url, issuer and revision when it is ready.',
  flags: {
    port: {
      value: 'PORT',
      about: 'the port to listen on; 0 picks a free port',
      default: String(DEFAULT_PORT),
    },
    ...LISTEN_FLAGS,
    state: {
      value: 'DIR',
      about:
        'the directory for the trust document, revocations and keys; one gateway at a time can use it',
      default: `\`${DEFAULT_STATE}\``,
      completes: 'directories',
    },
    trust: {
      value: 'FILE',
      about: 'a trust document to apply at start, as the next revision unless it is unchanged',
      completes: 'files',
    },
    'metrics-port': {
      value: 'PORT',
      about:
        'serve `/metrics` for Prometheus at this port of 127.0.0.1, without a token; 0 picks a free port',
    },
    issuer: {
      value: 'URL',
      about:
        'the issuer URL to publish: `https`, or `http` on a loopback name; use `https://localhost:8443` behind a proxy with a local certificate',
      variables: ['ISSUER'],
      default: 'its own address',
    },
    'local-issuers': {
      about: 'accept `http` issuers on loopback addresses; only this flag allows them',
    },
    'admin-login': {
      value: 'URL',
      about:
        'an issuer on a loopback address by which people log in; without `BOOTSTRAP_TRUST`, all its people are owners',
    },
    ...PRODUCTION_FLAGS,
  },
  notes: [
    'Reads every SIGNING_KEY_<NAME> and these settings of the gateway from the environment:',
    '',
    ...listSettings('serve').map((name) => `  ${name}`),
  ].join('\n'),
  example: 'npx edgemint serve --trust trust.yaml --local-issuers',
} as const satisfies Command

/** Flags that only make sense while trying things out. */
const TRIAL_FLAGS = ['local-issuers', 'admin-login'] as const

type ServeRequest = {
  readonly host: string
  readonly allowHosts: readonly string[]
  readonly port: number
  readonly stateDir: string
  readonly trustPath: string | undefined
  readonly issuer: string | undefined
  readonly localIssuers: boolean
  readonly adminLogin: Parameters<typeof withAdminLogin>[1]
  readonly metricsPort: number | undefined
  readonly production: ProductionRequest | undefined
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const request = parseRequest(args)
  const { production } = request
  return production === undefined
    ? serve(request)
    : inProduction(production, (mode) => serve({ ...request, mode }))
}

async function serve(request: ServeRequest & { readonly mode?: ProductionMode }) {
  const { port, issuer, localIssuers, mode } = request
  const environment = withAdminLogin((mode ?? currentIo()).environment, request.adminLogin)
  // With port 0 the address is not known yet. The gateway checks the document again.
  const address = reachableUrl(request.host, port === 0 ? DEFAULT_PORT : port)
  const decided = { issuer: issuer ?? address, localIssuers }
  const ceilings = readCeilings(environment, 'serve', decided)
  const variables = await gatherWorkerVariables(environment, decided)
  mode?.checkVariables(variables)
  let trust: TrustFile | undefined
  if (request.trustPath !== undefined) {
    const checked = await checkTrustFile(request.trustPath, ceilings)
    if (!checked.ok) {
      sayProblems(request.trustPath, checked.error.problems)
      return EXIT_CODES.refused
    }
    trust = checked.value.file
  }
  let isApplied = true
  const gateway = await start(request, variables, async (apply) => {
    if (trust !== undefined) isApplied = await applyTrust(apply, trust, request.stateDir)
  })
  try {
    const stopped = untilStopped()
    if (!isApplied) return EXIT_CODES.refused
    sayKey(gateway)
    const revision = await gateway.revision().catch(throwStartFailure(request.stateDir))
    const { url, issuer: published, metricsUrl: metrics } = gateway
    print(JSON.stringify({ url, issuer: published, revision, metrics }))
    mode?.started(gateway, revision)
    await Promise.race([stopped, gateway.failed.catch(throwEnd(request.stateDir))])
    await mode?.stop(gateway)
    return EXIT_CODES.done
  } finally {
    await gateway.close()
  }
}

function parseRequest(args: readonly string[]): ServeRequest {
  const { values, nameOf } = parseFlags(args, command)
  const { issuer, state } = values
  const fault = issuer === undefined ? undefined : findGatewayIssuerFault(issuer)
  if (fault !== undefined) throw usageFailure(`${nameOf('issuer')} ${describeFault(fault)}`)
  const host = parseListenHost(values.host)
  const port = parsePort(values.port, DEFAULT_PORT)
  if (issuer === undefined && !isOwnMachine(host)) {
    throw usageFailure(
      `--host ${host} needs --issuer: an http issuer URL is allowed only for loopback`,
      'add --issuer with the https URL of the proxy in front of it',
    )
  }
  return {
    host,
    allowHosts: parseAllowedHosts(values['allow-host']),
    port,
    stateDir: state ?? DEFAULT_STATE,
    trustPath: values.trust,
    issuer,
    localIssuers: values['local-issuers'],
    adminLogin: { issuer: values['admin-login'], localIssuers: values['local-issuers'] },
    metricsPort: parseMetricsPort(values['metrics-port'], { host, port }),
    production: parseProduction(values, {
      host,
      issuer,
      hasState: state !== undefined,
      trialFlags: TRIAL_FLAGS.filter((flag) => Boolean(values[flag])).map((flag) => `--${flag}`),
      nameOf,
    }),
  }
}

/** Says this before the state is changed, so that a person who starts by hand can still stop. */
function sayMigration(from: string | undefined): void {
  const release = from === undefined ? 'an earlier release' : `edgemint ${from}`
  say(`the state of ${release} is migrated; that release cannot read it any more`)
  hint('to go back, you need a backup from before this start: docs/production-self-hosted.md')
}

async function start(
  request: ServeRequest & { readonly mode?: ProductionMode },
  variables: Readonly<Record<string, string>>,
  prepare: (apply: ApplyTrust) => Promise<void>,
): Promise<LocalGateway> {
  const { host, allowHosts, port, stateDir, issuer, localIssuers, metricsPort, mode } = request
  try {
    return await startGateway({
      ...{ host, allowHosts, port, stateDir, localIssuers },
      variables: { ...variables, ...mode?.variables },
      onLog: note,
      onMigration: sayMigration,
      onWarning: (message) => say(`warning: ${message}`),
      prepare,
      ...mode?.options,
      ...(issuer === undefined ? {} : { issuer }),
      ...(metricsPort === undefined ? {} : { metricsPort }),
    })
  } catch (error) {
    throw await describeServeFailure(error, request)
  }
}

/** Applies the document. If the gateway refuses it, the previous revision stays in force. */
async function applyTrust(apply: ApplyTrust, trust: TrustFile, stateDir: string): Promise<boolean> {
  const author = `local:${userName()}`
  const result = await apply(trust.json, author).catch(throwStartFailure(stateDir))
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
    say(`signing with the key of this state directory, ${localKey.path}`)
    return
  }
  say(`made a signing key for this machine, ${localKey.path}`)
  hint('a deployment needs its own key: npx edgemint keys generate --help')
}
