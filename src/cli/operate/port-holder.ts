/**
 * Finds the process that listens on a TCP port, in /proc of Linux. Finds nothing on other systems,
 * and for processes of other users.
 */
import { readdir, readFile, readlink } from 'node:fs/promises'

export type PortHolder = { readonly pid: number; readonly name: string }

const LISTENING = '0A'

export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => read(`/proc/net/${name}`)))
  const sockets = new Set(
    tables
      .flatMap((table) => table.split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((row) => row[3] === LISTENING && isPort(row[1], port))
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

const read = (path: string) => readFile(path, 'utf8').catch(() => '')
const list = (path: string) => readdir(path).catch((): string[] => [])
const follow = (path: string) => readlink(path).catch(() => '')
