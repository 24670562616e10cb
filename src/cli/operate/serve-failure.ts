/** Describes why the gateway of `edgemint serve` did not start, or ended by itself. */
import {
  CertificateUnusable,
  StateIncomplete,
  StateInUse,
  StateTooNew,
} from '../../dev/in-house.ts'
import { MiniflareMissing } from '../../dev/index.ts'
import { type CommandFailure, usageFailure } from '../shell/failure.ts'
import { describeStartFailure, isOfAddress, refusedHost, refusedPort } from './start-failure.ts'
import { describeEnd, describeStateFault, INCOMPLETE_HINTS } from './state-fault.ts'

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
  return fault ?? describeStartFailure(error, host, port)
}

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
