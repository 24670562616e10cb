/** How `serve` runs with `--production`: its log, keys, warnings, signals, and its stop. */

import { SIGNING_KEY } from '../../../contract/settings.ts'
import type { GatewayOptions, LocalGateway, ProductionEvent } from '../../../dev/index.ts'
import type { ExitCode } from '../../shell/exit-codes.ts'
import { CommandFailure, usageFailure } from '../../shell/failure.ts'
import { currentIo, type Environment, withIo } from '../../shell/io.ts'
import { reportCrash } from '../../shell/program/crash.ts'
import type { ProductionRequest } from './flags.ts'
import { createJsonLog, type JsonLog } from './json-log.ts'
import { readSigningKeyFiles } from './signing-keys.ts'
import { createSystemd, type Systemd } from './systemd.ts'

export type ProductionMode = {
  /** The environment, with the keys of files. */
  readonly environment: Environment
  readonly options: Pick<
    GatewayOptions,
    'production' | 'rateLimits' | 'onLog' | 'onMigration' | 'onWarning'
  >
  /** Variables of the Worker that flags decide. */
  readonly variables: Readonly<Record<string, string>>
  /** Throws a usage failure if a gateway in production cannot do without something. */
  readonly checkVariables: (variables: Readonly<Record<string, string>>) => void
  readonly started: (gateway: LocalGateway, revision: number) => void
  readonly stop: (gateway: LocalGateway) => Promise<void>
}

/** Runs `serve` with its log as JSON, including the reason why it does not start. */
export async function inProduction(
  request: ProductionRequest,
  serve: (mode: ProductionMode) => Promise<ExitCode>,
): Promise<ExitCode> {
  const io = currentIo()
  const log = createJsonLog(io.stderr)
  return withIo({ ...io, stderr: log.stderr }, async () => {
    try {
      return await serve(createMode(request, log))
    } catch (error) {
      if (!(error instanceof CommandFailure)) return reportCrash(error)
      const { message, hints, exitCode } = error
      log.event({ event: 'serve_failed', level: 'error', message, hints, exitCode })
      return exitCode
    }
  })
}

function createMode(request: ProductionRequest, log: JsonLog): ProductionMode {
  const { environment } = currentIo()
  const keys = readSigningKeyFiles(request.keySources, environment)
  let systemd: Systemd | undefined
  return {
    environment: { ...environment, ...keys },
    options: {
      production: { ...request.options, onEvent: (event) => logEvent(log, event) },
      rateLimits: request.rateLimits,
      onLog: log.line,
      onWarning: (message) => log.event({ event: 'serve_warning', level: 'warning', message }),
      onMigration: (from = 'an earlier release') =>
        log.event({
          event: 'state_migrates',
          level: 'warning',
          from,
          message:
            'that release cannot read the state any more; to go back, you need a backup from before this start',
        }),
    },
    variables: request.variables,
    checkVariables(variables) {
      if (!Object.keys(variables).some((name) => SIGNING_KEY.test(name))) {
        throw usageFailure(
          '--production needs a signing key, and never makes one',
          'make one: npx edgemint keys generate > signing-key.json; then --signing-key-file 2026=signing-key.json',
        )
      }
      if (variables.BOOTSTRAP_TRUST !== undefined) return
      const message =
        'BOOTSTRAP_TRUST is not set: nobody can administer this gateway over the network'
      log.event({ event: 'serve_warning', level: 'warning', message })
    },
    started(gateway, revision) {
      const { url, issuer, readiness } = gateway
      log.event({ event: 'serve_ready', level: 'info', url, issuer, revision })
      // The handler of Miniflare would end the process.
      process.removeAllListeners('SIGHUP')
      process.on('SIGHUP', () => gateway.reloadCertificate())
      systemd = createSystemd(
        environment,
        async () => (await readiness?.())?.report.checks.workerd?.ready === true,
        (message) => log.event({ event: 'serve_warning', level: 'warning', message }),
      )
      systemd.ready(`${issuer} at ${url}`)
      void readiness?.().then(
        ({ report }) => {
          for (const message of report.warnings) {
            log.event({ event: 'serve_warning', level: 'warning', message })
          }
        },
        // Its probes report it.
        () => undefined,
      )
    },
    async stop(gateway) {
      systemd?.stopping()
      systemd?.close()
      await gateway.stop(request.stop)
    },
  }
}

function logEvent(log: JsonLog, { event, ...members }: ProductionEvent): void {
  log.event({ event, level: LEVELS[event], ...members })
}

const LEVELS = {
  certificate_loaded: 'info',
  certificate_refused: 'error',
  certificate_ends: 'warning',
  stopping: 'info',
  stopped: 'info',
} as const satisfies Readonly<Record<ProductionEvent['event'], string>>
