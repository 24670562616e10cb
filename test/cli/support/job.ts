/** Runs the built command line in a job of `scripts/extra/job-world.ts`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { JobWorld } from '../../../scripts/extra/job-world.ts'
import { root } from './run.ts'

export const CLI = join(root, 'dist/cli/shell/main.js')

export type Running = {
  readonly child: ChildProcess
  /** Resolves when stdout contains this text. */
  readonly until: (text: string) => Promise<void>
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves to the exit code, or to the signal that ended the process. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

export function startJob(
  world: Pick<JobWorld, 'environment'>,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  // Starts a new session, so that the process has no terminal.
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...world.environment, ...environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  )
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stdout.includes(text)) resolve()
        }
        child.stdout.on('data', look)
        child.once('close', () => reject(new Error(`ended without "${text}": ${stderr}`)))
        look()
      }),
  }
}

/**
 * Repeats `ask` until it returns the wanted value, because caches must expire first. Rejects after
 * a minute.
 */
export async function eventually<Value>(ask: () => Promise<Value>, wanted: Value): Promise<void> {
  const endsAt = Date.now() + 60_000
  let value = await ask()
  while (value !== wanted) {
    if (Date.now() > endsAt) throw new Error(`still ${String(value)}, not ${String(wanted)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    value = await ask()
  }
}
