/**
 * A program's own configuration of before the step, or undefined where there is none. What a
 * checkout brought is none: whoever wrote it would choose the helpers that run beside the token.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import type { Environment } from './inputs.ts'
import { MAX_CONFIGURATION_BYTES } from './limits.ts'
import { errorCode, StepFailure } from './step-failure.ts'
import { say } from './workflow-commands.ts'

export function readConfiguration(path: string, environment: Environment): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    if (isOfWorkspace(path, environment)) {
      say(`${path} is left out: a configuration in the workspace is not taken over`)
      return undefined
    }
    if (stats.isFile() && stats.size <= MAX_CONFIGURATION_BYTES) return readFileSync(path, 'utf8')
  } catch (error) {
    throw new StepFailure(`${path} cannot be read (${errorCode(error)})`)
  }
  throw new StepFailure(`${path} is not a configuration that can be taken over`)
}

/** A relative path is one from the folder that the step runs in, which is the workspace. */
function isOfWorkspace(path: string, { GITHUB_WORKSPACE: workspace }: Environment): boolean {
  if (!isAbsolute(path)) return true
  if (!workspace) return false
  const way = relative(realpathSync(workspace), realpathSync(path))
  return !way.startsWith('..') && !isAbsolute(way)
}
