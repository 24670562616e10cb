/** A program's own configuration of before the step, or undefined where there is none. */
import { readFileSync, statSync } from 'node:fs'
import { MAX_CONFIGURATION_BYTES } from './limits.ts'
import { StepFailure } from './step-failure.ts'

export function readConfiguration(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (!stats.isFile() || stats.size > MAX_CONFIGURATION_BYTES) {
    throw new StepFailure(`${path} is not a configuration that can be taken over`)
  }
  return readFileSync(path, 'utf8')
}
