#!/usr/bin/env node
/** `edgemint` as a process: one run on its own streams, and what happens when that crashes. */
import { reportCrash } from './crash.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { EXIT_MILLISECONDS } from './limits.ts'
import { run } from './run.ts'

// The reader of a pipe may leave early, as `head` does. Nobody is left to tell.
process.stdout.on('error', () => process.exit(EXIT_CODES.done))
// A server goes on without its log.
process.stderr.on('error', () => {})
// Outside of what a command awaits, such as a callback of a server that runs for days.
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
