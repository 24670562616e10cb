/** Runs the command line and records its output. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import { run } from '../../../src/cli/shell/run.ts'
import { lookAtLines } from '../../support/canary/programs.ts'
import { compileCache } from '../../support/compile-cache.ts'

export const root = join(import.meta.dirname, '../../..')

export type Transcript = {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

export type RunOptions = {
  readonly stdin?: string
  /** Replaces the environment of the test, which may be that of a CI job. */
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Runs a command line in this process, which takes a hundredth of the time of a new process. Use
 * `spawnCli` to test variables that Node reads when it starts.
 */
export async function runCli(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Transcript> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const [out, err] = [text(stdout), text(stderr)]
  const exitCode = await run(args, {
    stdin: Readable.from([Buffer.from(options.stdin ?? '')]),
    stdout,
    stderr,
    environment: { PATH: process.env.PATH, ...options.environment },
  })
  stdout.end()
  stderr.end()
  const written = { stdout: await out, stderr: await err }
  lookAtLines(['edgemint', ...args], written)
  return { ...written, exitCode }
}

/** Runs the built program in a new process. */
export function spawnCli(args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/shell/main.js'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...compileCache(), ...options.environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  // A command that fails early does not read stdin, so writing to it fails.
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
  })
}

/**
 * Creates a directory for the files of one test file. Returns a function that writes a file and
 * returns its path.
 */
export function createScratch(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-cli-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name, content) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
}
