/** Runs the built command line as a person would, and keeps everything it said. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export const root = join(import.meta.dirname, '../../..')

export type Transcript = {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

export type RunOptions = {
  readonly stdin?: string
  /** Instead of the environment of the test, which may be that of a CI job. */
  readonly environment?: Readonly<Record<string, string>>
}

export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/shell/main.js'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...options.environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  // A command that fails early does not read what it is given.
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
  })
}

/** A directory for the files of one test file; answers with the path of what was written. */
export function createScratch(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-cli-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name, content) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
}
