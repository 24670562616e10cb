/** Two processes may have one port at two addresses. /proc is that of Linux. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startProcess } from '../../../scripts/processes.ts'
import { findPortHolder } from '../../../src/cli/operate/port-holder.ts'

const LISTEN = `
  const [host, port] = process.argv.slice(1)
  const server = require('node:net').createServer()
  server.listen(Number(port), host, () => console.log(JSON.stringify({ port: server.address().port })))
`

const servers: Server[] = []
const others: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(others.splice(0).map((stop) => stop()))
  for (const server of servers.splice(0)) server.close()
})

async function listenHere(host: string): Promise<number> {
  const server = createServer()
  servers.push(server)
  await once(server.listen(0, host), 'listening')
  return (server.address() as AddressInfo).port
}

async function listenElsewhere(host: string, port: number): Promise<number> {
  const { pid, stop } = await startProcess(process.execPath, ['-e', LISTEN, host, String(port)])
  others.push(stop)
  return pid
}

const pidAt = async (host: string, port: number) => (await findPortHolder(host, port))?.pid

describe('the process that has a port', () => {
  it('is that of the address, and not of another address with the same port', async () => {
    const port = await listenHere('127.0.0.1')
    const other = await listenElsewhere('127.0.0.2', port)
    expect(await pidAt('127.0.0.1', port)).toBe(process.pid)
    expect(await pidAt('127.0.0.2', port)).toBe(other)
    expect(await pidAt('127.0.0.3', port)).toBeUndefined()
    expect(await pidAt('::1', port)).toBeUndefined()
    expect([process.pid, other]).toContain(await pidAt('0.0.0.0', port))
    expect([process.pid, other]).toContain(await pidAt('::', port))
  })

  it.each([
    ['0.0.0.0', '127.0.0.1', true],
    ['0.0.0.0', '::1', false],
    ['::', '127.0.0.1', true],
    ['::', '::1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['::1', '127.0.0.1', false],
    ['::1', '0.0.0.0', false],
  ])('at %s has the port of %s: %s', async (held, host, isHolder) => {
    const port = await listenHere(held)
    expect(await pidAt(host, port)).toBe(isHolder ? process.pid : undefined)
  })
})
