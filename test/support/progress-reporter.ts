/** Touches a file whenever a test starts or ends, so that another process sees a run that stalls. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reporter } from 'vitest/node'

export function createProgressReporter(path: string): Reporter {
  mkdirSync(dirname(path), { recursive: true })
  const touch = () => writeFileSync(path, '')
  return {
    onTestRunStart: touch,
    onTestModuleCollected: touch,
    onTestCaseReady: touch,
    onTestCaseResult: touch,
    onTestModuleEnd: touch,
  }
}
