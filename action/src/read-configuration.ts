/**
 * Reads a program's configuration from before the step. Returns undefined if there is none, or if it
 * is in the workspace: the author of a checked-out file could choose helpers that run with the token.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import type { Environment } from './inputs.ts'
import { MAX_CONFIGURATION_BYTES } from './limits.ts'
import { errorCode, StepFailure } from './step-failure.ts'
import { say } from './workflow-commands.ts'

export function readConfiguration(path: string, environment: Environment): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    if (isOfWorkspace(path, environment)) {
      say(`${path} is ignored: configuration files in the workspace are not used`)
      return undefined
    }
    if (stats.isFile() && stats.size <= MAX_CONFIGURATION_BYTES) return readFileSync(path, 'utf8')
  } catch (error) {
    throw new StepFailure(`${path} cannot be read (${errorCode(error)})`)
  }
  throw new StepFailure(`${path} is not a file of at most ${MAX_CONFIGURATION_BYTES} bytes`)
}

/**
 * Whether the path is in the workspace or leads into it. A link in the checkout is too, wherever it
 * leads. A relative path is, because the step runs in the workspace.
 */
function isOfWorkspace(path: string, { GITHUB_WORKSPACE: workspace }: Environment): boolean {
  if (!isAbsolute(path)) return true
  if (!workspace) return false
  return isBelow(workspace, path) || isBelow(realpathSync(workspace), realpathSync(path))
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
