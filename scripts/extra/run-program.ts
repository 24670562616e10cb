/** Runs a program until it ends, or the GitHub Action with the files that it needs. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Ran = {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
  readonly seconds: number
}

type Values = Readonly<Record<string, string>>

export function runProgram(args: readonly string[], environment: Values, stdin = ''): Promise<Ran> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { env: environment })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      const seconds = (performance.now() - startedAt) / 1000
      resolve({ stdout, stderr, exitCode, seconds })
    })
  })
}

/** Runs one step with the action. `stdout` of the result is the content of `GITHUB_OUTPUT`. */
export async function runAction(environment: Values): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-step-'))
  const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE'].map((name) => {
    const path = join(folder, name)
    writeFileSync(path, '')
    return [name, path] as const
  })
  const {
    EDGEMINT_URL: url = '',
    EDGEMINT_RESOURCE: resource = '',
    EDGEMINT_AUDIENCE: audience = '',
  } = environment
  const main = join(import.meta.dirname, '../../action/dist/main.js')
  const ran = await runProgram([main], {
    ...environment,
    ...Object.fromEntries(files),
    RUNNER_TEMP: folder,
    INPUT_URL: url,
    INPUT_RESOURCE: resource,
    INPUT_AUDIENCE: audience,
  })
  const output = readFileSync(join(folder, 'GITHUB_OUTPUT'), 'utf8')
  return { ...ran, stdout: output, stderr: ran.stdout + ran.stderr }
}

/** Runs `work` `count` times, at most `width` at once. */
export async function inParallel<T>(
  count: number,
  width: number,
  work: () => Promise<T>,
): Promise<readonly T[]> {
  const done: T[] = []
  let started = 0
  const lane = async () => {
    while (started < count) {
      started += 1
      done.push(await work())
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  return done
}
