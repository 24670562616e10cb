#!/usr/bin/env node
/** The `edgemint` program: runs the command line in this process and reports a crash. */
import { reportCrash } from './crash.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { EXIT_MILLISECONDS } from './limits.ts'
import { run } from './run.ts'

// The reader of a pipe may close it early, as `head` does. This is not an error.
process.stdout.on('error', () => process.exit(EXIT_CODES.done))
// A server keeps running if its log cannot be written.
process.stderr.on('error', () => {})
// Catches errors that no command awaits, such as those in a callback of a server.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(reportCrash(error)))
}

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode
  // Otherwise a connection or child that a library left open would keep a finished command running.
  setInterval(() => {
    if (process.stdout.writableLength === 0) process.exit()
  }, EXIT_MILLISECONDS).unref()
})
