/**
 * Finds the process that listens on a TCP address, in /proc of Linux. Finds nothing on other systems,
 * and for processes of other users.
 */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import { endianness } from 'node:os'

export type PortHolder = { readonly pid: number; readonly name: string }

const LISTENING = '0A'

/**
 * `host` is an IP address without brackets. The process may listen on it, or on all addresses. If `host`
 * is all addresses, any process that has the port counts.
 */
export async function findPortHolder(host: string, port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => read(`/proc/net/${name}`)))
  const isTaken = conflictsWith(host)
  const sockets = new Set(
    tables
      .flatMap((table) => table.split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((row) => row[3] === LISTENING && isPort(row[1], port) && isTaken(row[1]))
      .map((row) => `socket:[${row[9]}]`),
  )
  if (sockets.size === 0) return undefined
  const pids = (await list('/proc')).filter((name) => /^[0-9]+$/.test(name))
  for (const pid of pids) {
    const open = await list(`/proc/${pid}/fd`)
    const links = await Promise.all(open.map((fd) => follow(`/proc/${pid}/fd/${fd}`)))
    if (!links.some((link) => sockets.has(link))) continue
    // Only the name, because arguments may contain secrets.
    return { pid: Number(pid), name: await nameOf(pid) }
  }
  return undefined
}

/** The names that Node gives to its main thread. */
const NODE_THREAD = /^(?:MainThread|node-MainThread)$/

async function nameOf(pid: string): Promise<string> {
  const name = (await read(`/proc/${pid}/comm`)).trim().replace(/[^\x20-\x7e]/g, '?')
  return NODE_THREAD.test(name) ? 'node' : name
}

function isPort(address: string | undefined, port: number): boolean {
  return Number.parseInt(address?.split(':')[1] ?? '', 16) === port
}

/** Tells whether a socket at an address of the table takes the port from `host`. */
function conflictsWith(host: string): (held: string | undefined) => boolean {
  const family = isIP(host)
  // `check` compares the bytes, whatever the spelling. An IPv4 address within IPv6 is that address.
  const asked = new BlockList()
  if (host === '0.0.0.0') asked.addSubnet(host, 0, 'ipv4')
  else if (host === '::') asked.addSubnet(host, 0, 'ipv6')
  else if (family !== 0) asked.addAddress(host, family === 4 ? 'ipv4' : 'ipv6')
  return (text) => {
    const held = readAddress(text?.split(':')[0] ?? '')
    // A socket on all addresses of IPv6 has those of IPv4 too, unless it was told otherwise.
    if (held === ALL_IPV6 || host === '::') return true
    if (held === '0.0.0.0') return family === 4
    return asked.check(held, held.includes(':') ? 'ipv6' : 'ipv4')
  }
}

const ALL_IPV6 = '0000:0000:0000:0000:0000:0000:0000:0000'

/** The table has each 32 bits of an address as a number of the machine, in hexadecimal digits. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => {
    const own = [...Buffer.from(word, 'hex')]
    return endianness() === 'LE' ? own.toReversed() : own
  })
  if (bytes.length === 4) return bytes.join('.')
  return (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':')
}

const read = (path: string) => readFile(path, 'utf8').catch(() => '')
const list = (path: string) => readdir(path).catch((): string[] => [])
const follow = (path: string) => readlink(path).catch(() => '')
