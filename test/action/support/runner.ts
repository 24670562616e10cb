/**
 * Runs the committed files of the action as the runner does. Inputs and state are variables. Outputs,
 * job variables and new state are files. Everything else is on stdout.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../../..')

export type Manifest = {
  readonly inputs: Readonly<
    Record<string, { readonly default?: string; readonly required: boolean }>
  >
  readonly outputs: Readonly<Record<string, unknown>>
  readonly runs: Readonly<Record<string, string>>
}

export const manifest = parse(readFileSync(join(root, 'action/action.yml'), 'utf8')) as Manifest

type Values = Readonly<Record<string, string>>

type StepResult = {
  readonly stdout: string
  /** What a reader of the job's log sees of stdout. */
  readonly log: string
  readonly stderr: string
  readonly exitCode: number | null
  readonly outputs: Values
  readonly variables: Values
  readonly state: Values
}

export type Runner = {
  readonly temp: string
  readonly home: string
  readonly workspace: string
  readonly main: (inputs: Values, environment?: Values) => Promise<StepResult>
  /** Runs the post step with the state that the main step saved. */
  readonly post: (step: StepResult, environment?: Values) => Promise<StepResult>
}

/** One machine for one job. */
export function createRunner(environment: Values): Runner {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-runner-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const [temp, home, workspace] = ['temp dir', 'home', 'workspace'].map((name) => {
    const path = join(folder, name)
    mkdirSync(path)
    return path
  }) as [string, string, string]
  const base = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    RUNNER_TEMP: temp,
    ...environment,
  }

  async function run(file: string, extra: Values): Promise<StepResult> {
    const commands = mkdtempSync(join(folder, 'commands-'))
    const path = (name: string) => join(commands, name)
    for (const name of ['output', 'env', 'state']) writeFileSync(path(name), '')
    const { stdout, stderr, exitCode } = await runProgram(
      [process.execPath, join(root, 'action', file)],
      {
        GITHUB_OUTPUT: path('output'),
        GITHUB_ENV: path('env'),
        GITHUB_STATE: path('state'),
        ...base,
        ...extra,
      },
      workspace,
    )
    const read = (name: string) => readFileCommands(readFileSync(path(name), 'utf8'))
    const [outputs, variables, state] = [read('output'), read('env'), read('state')]
    return { stdout, log: showLog(stdout), stderr, exitCode, outputs, variables, state }
  }

  return {
    temp,
    home,
    workspace,
    main: (inputs, extra = {}) =>
      run(manifest.runs.main ?? '', { ...renderInputs(inputs), ...extra }),
    post: ({ state }, extra = {}) => {
      const variables = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])
      return run(manifest.runs.post ?? '', { ...Object.fromEntries(variables), ...extra })
    },
  }
}

/** Leaves out the commands that mask a value, and hides the value after them, as the runner does. */
function showLog(stdout: string): string {
  const masks: string[] = []
  return stdout
    .split('\n')
    .flatMap((line) => {
      const [, mask] = /^::add-mask::(.+)$/.exec(line) ?? []
      if (mask === undefined) {
        return [masks.reduce((text, hidden) => text.replaceAll(hidden, '***'), line)]
      }
      masks.push(mask)
      return []
    })
    .join('\n')
}

/** The variables that the runner makes from `with`: every input of the manifest, or its default. */
function renderInputs(given: Values): Values {
  for (const name of Object.keys(given)) {
    if (manifest.inputs[name] === undefined) throw new Error(`there is no input ${name}`)
  }
  const rows = Object.entries(manifest.inputs).map(([name, input]) => [
    `INPUT_${name.toUpperCase().replaceAll(' ', '_')}`,
    given[name] ?? input.default ?? '',
  ])
  return Object.fromEntries(rows)
}

/** Parses a file as the runner does: `name<<delimiter` and lines up to the delimiter, or `name=value`. */
function readFileCommands(text: string): Values {
  const lines = text.split('\n')
  const values = new Map<string, string>()
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    if (line === '') continue
    const [, name = '', delimiter] = /^([^=<]+)<<(.+)$/.exec(line) ?? []
    if (delimiter === undefined) {
      const equals = line.indexOf('=')
      if (equals < 1) throw new Error('the runner refuses such a line')
      values.set(line.slice(0, equals), line.slice(equals + 1))
      continue
    }
    const end = lines.indexOf(delimiter)
    if (end === -1) throw new Error(`the value of ${name} has no end`)
    values.set(
      name,
      lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n'),
    )
  }
  return Object.fromEntries(values)
}

export type Ran = {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

/** Runs a program with only this environment. */
export function runProgram(
  [command = '', ...args]: readonly string[],
  environment: Values,
  cwd: string,
): Promise<Ran> {
  const child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
  })
}
