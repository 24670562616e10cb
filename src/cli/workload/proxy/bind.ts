/** Where the proxy listens: a TCP address, or a socket of the file system for its owner alone. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { usageFailure } from '../../shell/failure.ts'
import type { ListenAddress } from './listen-address.ts'

export async function bind(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === 'tcp') {
    await listening(server, () => server.listen(address.port, address.host))
    const bound = server.address()
    return typeof bound === 'object' && bound !== null ? { ...address, port: bound.port } : address
  }
  await removeLeftover(address.path)
  // The file is made within this call: nobody else may open it even for a moment.
  const mask = process.umask(0o177)
  try {
    await listening(server, () => {
      server.listen(address.path)
      process.umask(mask)
    })
  } finally {
    process.umask(mask)
  }
  chmodSync(address.path, 0o600)
  return address
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    listen()
  })
}

/** A proxy that was killed leaves its socket; one that runs answers on it. */
async function removeLeftover(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isSocket()) throw usageFailure(`${path} is there and is no socket`)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  if (!(await isServed(path))) unlinkSync(path)
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    // Only this means that nobody listens: a proxy that has its hands full says EAGAIN.
    probe.once('error', (error) => {
      resolve(!('code' in error && error.code === 'ECONNREFUSED'))
    })
  })
}
