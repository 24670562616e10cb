/**
 * `npm run simulate`: simulates how trust reaches many isolates. Prints one table for each run. An
 * invariant that is broken prints seed, time and trace, and the exit code is 1.
 */
import process from 'node:process'
import { ArgumentsRefused, readArguments, type SimulateArguments } from './arguments.ts'
import { REAL_CACHES } from './isolate.ts'
import { renderBroken, renderReport } from './report.ts'
import { simulate } from './simulate.ts'
import { InvariantBroken } from './trace.ts'

async function run({ runs, json, ...options }: SimulateArguments): Promise<void> {
  for (const { scenario, isolates } of runs) {
    try {
      const report = await simulate({ ...options, scenario, isolates, caches: REAL_CACHES })
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${renderReport(report)}\n`)
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error
      const { seed } = options
      const { message, at, trace } = error
      const broken = { scenario: scenario.name, seed, broken: message, at, trace }
      if (json) process.stdout.write(`${JSON.stringify(broken)}\n`)
      process.stderr.write(renderBroken(error, seed))
      process.exitCode = 1
      return
    }
  }
}

try {
  await run(readArguments())
} catch (error) {
  if (!(error instanceof ArgumentsRefused)) throw error
  process.stderr.write(error.message)
  process.exitCode = 2
}
