/** Makes the proxy listen on a TCP address, or on a Unix socket that only its owner can open. */
import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { usageFailure } from '../../shell/failure.ts'
import { MAX_SOCKET_PATH_BYTES } from '../../shell/limits.ts'
import type { ListenAddress } from './listen-address.ts'

export async function bind(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === 'tcp') {
    await listening(server, () => server.listen(address.port, address.host))
    const bound = server.address()
    return typeof bound === 'object' && bound !== null ? { ...address, port: bound.port } : address
  }
  checkSocketPath(address.path)
  await removeLeftover(address.path)
  // `listen` creates the file with this mask, so that other users can never open it.
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

/** Node 20 shortens a long path in silence, and reports a missing folder as EACCES. */
function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    const reason = `the path of a socket can have ${MAX_SOCKET_PATH_BYTES} bytes`
    throw usageFailure(`${path} is too long: ${reason}`, 'choose another with --listen unix:PATH')
  }
  const folder = dirname(path)
  if (!existsSync(folder)) {
    throw usageFailure(`${folder} does not exist`, `create the directory first: mkdir -p ${folder}`)
  }
}

/** Removes the socket of a proxy that was killed. A running proxy keeps its socket. */
async function removeLeftover(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isSocket()) throw usageFailure(`${path} exists and is not a socket`)
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
    // Only ECONNREFUSED means that no process listens. A busy proxy causes EAGAIN.
    probe.once('error', (error) => {
      resolve(!('code' in error && error.code === 'ECONNREFUSED'))
    })
  })
}
