/** Runs a program of the package in this process, to its end, and reports a crash. */
import { writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts'
import { describeFileFault } from '../faults/file-fault.ts'
import { type Io, processIo } from '../io.ts'
import { EXIT_MILLISECONDS } from '../limits.ts'
import { say } from '../output.ts'
import { reportCrash } from './crash.ts'

/** `onCrash` reports a crash and returns the exit code. */
export function runAsProgram(
  run: (args: readonly string[], io: Io) => Promise<number>,
  onCrash: (error: unknown) => ExitCode = reportCrash,
): void {
  const isPipe = process.stdout instanceof Socket
  const stdout = isPipe ? process.stdout : writeToFile()
  stdout.on('error', (error) => {
    // The reader of a pipe may close it early, as `head` does. This is not an error.
    if (isPipe) process.exit(EXIT_CODES.done)
    say(`refused: ${describeFileFault(error)}; the output is not complete`)
    process.exit(EXIT_CODES.refused)
  })
  // A server keeps running if its log cannot be written.
  process.stderr.on('error', () => {})
  // Catches errors that no command awaits, such as those in a callback of a server.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => process.exit(onCrash(error)))
  }
  const io = { ...processIo(), stdout }
  run(process.argv.slice(2), io).then((exitCode) => {
    process.exitCode = exitCode
    // Otherwise a connection or child that a library left open would keep a finished command running.
    setInterval(() => {
      if (stdout.writableLength === 0) process.exit()
    }, EXIT_MILLISECONDS).unref()
  })
}

/**
 * `process.stdout` ignores that the system wrote only a part to a file, as it does when the disk
 * becomes full. A backup would end early and look complete.
 */
function writeToFile(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        writeFileSync(1, chunk)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error('write failed'))
      }
    },
  })
}
