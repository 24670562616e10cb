/**
 * Writes to the runner's files for outputs, variables and state. A value may have several lines, so
 * each is written between random delimiters. The author of a value cannot guess them.
 */
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { errorCode, StepFailure } from './step-failure.ts'

const RUNNER_FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE'] as const
export type RunnerFile = (typeof RUNNER_FILES)[number]

/** Checks that the files are writable, before a token is requested. */
export function checkRunnerFiles(): void {
  for (const file of RUNNER_FILES) append(file, '')
}

export function setValue(file: RunnerFile, name: string, value: string): void {
  append(file, renderValue(name, value, `edgemint_${randomUUID()}`))
}

function append(file: RunnerFile, text: string): void {
  const path = requirePath(file)
  try {
    appendFileSync(path, text)
  } catch (error) {
    throw new StepFailure(`cannot write ${file}, which is ${path} (${errorCode(error)})`)
  }
}

function requirePath(file: RunnerFile): string {
  const path = process.env[file] ?? ''
  if (path !== '') return path
  throw new StepFailure(`${file} is not set: this program runs as a step of GitHub Actions`)
}

/** Exported only for its test. A value that contains the delimiter would be cut off. */
export function renderValue(name: string, value: string, delimiter: string): string {
  if (value.includes(delimiter) || name.includes(delimiter)) {
    throw new StepFailure(`the value of ${name} cannot be passed to the runner`)
  }
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
}
