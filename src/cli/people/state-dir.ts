/**
 * Where the sessions of this user are: `$XDG_STATE_HOME/edgemint`, or `~/.local/state/edgemint`. One
 * file for each gateway.
 */
import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { readVariable } from '../shell/io.ts'

/** The XDG specification says to ignore a relative path. */
export function stateDirectory(): string {
  const named = readVariable('XDG_STATE_HOME')
  const home = readVariable('HOME') ?? homedir()
  const base = named !== undefined && isAbsolute(named) ? named : join(home, '.local', 'state')
  return join(base, 'edgemint')
}

/** The host makes the name readable, and the digest of the whole URL makes it unique. */
export function sessionPath(gateway: string): string {
  const { hostname } = new URL(gateway)
  const digest = createHash('sha256').update(gateway).digest('hex').slice(0, 16)
  const host = hostname.replace(/[^A-Za-z0-9.-]/g, '_')
  return join(stateDirectory(), `session-${host}-${digest}.json`)
}

export const SESSION_FILE = /^session-[A-Za-z0-9._-]+-[0-9a-f]{16}\.json$/
