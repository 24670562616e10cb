/** A program that takes no signal of this user, such as `sudo`. */
import type { ChildProcess } from 'node:child_process'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { processIo, withIo } from '../../../../src/cli/shell/io.ts'
import { type Relay, runProgram } from '../../../../src/cli/workload/exec/child.ts'

test('waits for a program to which it may not pass signals on', async () => {
  const lines: string[] = []
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const relay: Relay = { signal: new AbortController().signal, connect: failTwice, close() {} }
  const code = 'setTimeout(() => process.exit(7), 300)'
  const program = { command: process.execPath, args: ['-e', code], graceMilliseconds: undefined }
  const exitCode = await withIo({ ...processIo(), stderr }, () =>
    runProgram(program, process.env, relay),
  )
  expect(exitCode).toBe(7)
  const line = `edgemint: cannot pass a signal on to ${process.execPath}: the system does not allow it\n`
  expect(lines).toEqual([line, line])
})

/** Node reports a signal that may not be sent in this way. */
function failTwice(child: ChildProcess): void {
  const fail = () =>
    child.emit('error', Object.assign(new Error('kill EPERM'), { code: 'EPERM', syscall: 'kill' }))
  child.once('spawn', () => {
    fail()
    fail()
  })
}
