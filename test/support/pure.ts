/**
 * Fails a file of pure code in which a test opens a socket, starts a program, sets a timer or writes
 * to the console. The error names the test. Such tests belong in the project `node`.
 */
import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'
import { afterAll, expect } from 'vitest'
import { replaceConsole } from './console.ts'

const caught: string[] = []

function note(what: string): void {
  caught.push(`${what} in "${expect.getState().currentTestName}"`)
}

function forbid(owner: object, name: string): void {
  const refuse = () => {
    note(name)
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
replaceConsole(note)

// Once per file: after each of thousands of tests, a hook takes longer than the test. The code under
// test may have caught the error of `refuse`.
afterAll(() => {
  const calls = caught.splice(0)
  if (calls.length > 0) throw new Error(`the tests are not pure: ${calls.join('; ')}`)
})
