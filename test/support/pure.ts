/**
 * Fails a test of pure code that opens a socket, starts a program or sets a timer. Such tests
 * belong in the project `node`.
 */
import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'
import { afterEach } from 'vitest'

const caught: string[] = []

function forbid(owner: object, name: string): void {
  const refuse = () => {
    caught.push(name)
    throw new Error(`${name} is not allowed in pure code: move the test to the project node`)
  }
  Object.assign(owner, { [name]: refuse })
}

forbid(globalThis, 'fetch')
forbid(globalThis, 'setTimeout')
forbid(globalThis, 'setInterval')
forbid(Socket.prototype, 'connect')
forbid(Server.prototype, 'listen')
forbid(ChildProcess.prototype, 'spawn')

afterEach(() => {
  // The code under test may have caught the error.
  const names = caught.splice(0)
  if (names.length > 0) throw new Error(`the test used ${names.join(', ')}`)
})
