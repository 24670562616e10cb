/**
 * Pure code calls nobody, waits for nothing and writes nothing to the console. A socket, a program,
 * a timer or console output fails the file, and the error names the test. Code that needs one of
 * these is tested in the project `node`.
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
    throw new Error(`${name} is not pure: test this in the project node`)
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
