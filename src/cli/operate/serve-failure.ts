/** Describes why the gateway of `edgemint serve` did not start, or ended by itself. */
import { resolve } from 'node:path'
import {
  CertificateUnusable,
  StateIncomplete,
  StateInUse,
  StateTooNew,
} from '../../dev/in-house.ts'
import { MiniflareMissing } from '../../dev/index.ts'
import { CommandFailure, usageFailure } from '../shell/failure.ts'
import { describeStartFailure, isOfAddress, refusedHost, refusedPort } from './start-failure.ts'
import { describeEnd, describeStateFault, INCOMPLETE_HINTS, RESTORE_HINT } from './state-fault.ts'

/** The version that the built Worker was tested with. */
const INSTALL_MINIFLARE = 'npm i -D miniflare@5.20261023.2-beta'

/** Where `serve` answers `/metrics`. */
const METRICS_HOST = '127.0.0.1'

export type ServedPlace = {
  readonly host: string
  readonly port: number
  readonly metricsPort: number | undefined
  readonly stateDir: string
}

/** The failure of a gateway that did not start. */
export async function describeServeFailure(
  error: unknown,
  { host, port, metricsPort, stateDir }: ServedPlace,
): Promise<CommandFailure> {
  if (metricsPort !== undefined && isOfMetrics(error, { port, metricsPort })) {
    return describeStartFailure(error, METRICS_HOST, metricsPort, '--metrics-port')
  }
  if (error instanceof MiniflareMissing) return usageFailure(error.message, INSTALL_MINIFLARE)
  if (error instanceof StateTooNew || error instanceof CertificateUnusable) {
    return usageFailure(error.message)
  }
  if (error instanceof StateIncomplete) {
    return usageFailure(`cannot start: ${error.message}`, ...INCOMPLETE_HINTS)
  }
  if (error instanceof StateInUse) {
    const next = 'stop the other gateway, or choose another directory with --state'
    return usageFailure(`cannot start: ${error.message}`, next)
  }
  // The error names the call that failed first, and not always the cause.
  const fault = isOfAddress(error) ? undefined : describeStateFault(stateDir)
  if (fault !== undefined) return fault
  const failure = await describeStartFailure(error, host, port)
  return withNextStep(failure, resolve(stateDir), isOfAccess(error))
}

/** Otherwise the only hint at a file of the state would be that of the flags. */
function withNextStep(failure: CommandFailure, stateDir: string, isOfAccess: boolean) {
  const { message, hints, exitCode } = failure
  if (hints.length > 0 || !message.includes(stateDir)) return failure
  const owner = process.getuid?.() ?? 'USER'
  const next = isOfAccess ? `as root: chown -R ${owner} ${stateDir}` : RESTORE_HINT
  return new CommandFailure(exitCode, message, [next])
}

/** Whether the system did not let this user have a file. */
function isOfAccess(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && ACCESS_CODES.has(String(cause.code))
}

const ACCESS_CODES: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])

/** A failed listen names its address. At another host, the gateway may have the same port. */
function isOfMetrics(error: unknown, of: { readonly port: number; readonly metricsPort: number }) {
  if (refusedPort(error) !== of.metricsPort) return false
  return of.metricsPort !== of.port || refusedHost(error) === METRICS_HOST
}

/** Reports that the trust store of the state directory does not answer. */
export function throwStartFailure(stateDir: string) {
  return (error: Error): never => {
    throw describeStateFault(stateDir) ?? usageFailure(`cannot start: ${error.message}`)
  }
}

/** Reports that the gateway ended by itself. */
export function throwEnd(stateDir: string) {
  return (error: Error): never => {
    throw describeEnd(error, stateDir)
  }
}
