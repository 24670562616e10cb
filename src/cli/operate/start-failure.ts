/** Describes in one line why a local server did not start. */
import { renderHost } from '../../web/host.ts'
import { CommandFailure, usageFailure } from '../shell/failure.ts'
import { describeFileFault } from '../shell/faults/file-fault.ts'
import { findPortHolder } from './port-holder.ts'

const ADDRESS_FAULTS = new Map([
  ['EADDRINUSE', 'is already in use'],
  ['EACCES', 'cannot be used by this user'],
  ['EADDRNOTAVAIL', 'is not an address of this machine'],
  ['ENOTFOUND', 'is not an address of this machine'],
])

/** Another port does not help. */
const NO_ADDRESS: readonly string[] = ['EADDRNOTAVAIL', 'ENOTFOUND']

export async function describeStartFailure(
  error: unknown,
  host: string,
  port: number,
  flag = '--port',
): Promise<CommandFailure> {
  if (error instanceof CommandFailure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const fault = ADDRESS_FAULTS.get(code)
  if (fault !== undefined && isOfAddress(error)) {
    const holder =
      code === 'EADDRINUSE' ? await findPortHolder(refusedHost(error) ?? host, port) : undefined
    const address = `${renderHost(host)}:${port} ${fault}`
    if (NO_ADDRESS.includes(code)) return usageFailure(address, describeHost(flag))
    const next = `choose another with ${flag}; port 0 picks a free port`
    if (holder === undefined) return usageFailure(address, next)
    return usageFailure(
      `${address} by process ${holder.pid} (${holder.name})`,
      `stop it, or ${next}`,
    )
  }
  return usageFailure(
    `cannot start: ${error instanceof Error ? describeFileFault(error) : String(error)}`,
  )
}

/** Flags for a port have the host in `--host`; the others have both. */
function describeHost(flag: string): string {
  const own = flag.endsWith('port') ? '--host' : flag
  return `choose another host with ${own}, such as 127.0.0.1`
}

/** The port that the system refused, or undefined. */
export function refusedPort(error: unknown): number | undefined {
  return error instanceof Error && 'port' in error ? Number(error.port) : undefined
}

/** The address that the system refused, or undefined. */
export function refusedHost(error: unknown): string | undefined {
  return error instanceof Error && 'address' in error ? String(error.address) : undefined
}

/** Whether the system refused the address. */
export function isOfAddress(error: unknown): boolean {
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined
  return syscall === 'listen' || syscall === 'getaddrinfo'
}
