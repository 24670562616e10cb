/** Why a server of ours did not start, as one line. */
import { CommandFailure, usageFailure } from './failure.ts'

const ADDRESS_FAULTS = new Map([
  ['EADDRINUSE', 'is taken'],
  ['EACCES', 'may not be used by this user'],
  ['EADDRNOTAVAIL', 'is no address of this machine'],
  ['ENOTFOUND', 'is no address of this machine'],
])

export function describeStartFailure(
  error: unknown,
  host: string,
  port: number,
  flag = '--port',
): CommandFailure {
  if (error instanceof CommandFailure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const syscall = error instanceof Error && 'syscall' in error ? String(error.syscall) : ''
  const fault = ADDRESS_FAULTS.get(code)
  if (fault !== undefined && (syscall === 'listen' || syscall === 'getaddrinfo')) {
    return usageFailure(
      `${host}:${port} ${fault}`,
      `choose another with ${flag}; port 0 picks a free one`,
    )
  }
  return usageFailure(`cannot start: ${error instanceof Error ? error.message : String(error)}`)
}
