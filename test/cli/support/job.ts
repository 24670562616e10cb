/** Programs in a job of `scripts/extra/job-world.ts`, as the built command line runs them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { JobWorld } from '../../../scripts/extra/job-world.ts'
import { root } from './run.ts'

export const CLI = join(root, 'dist/cli/shell/main.js')

export type Running = {
  readonly child: ChildProcess
  /** Resolves when stdout holds this text. */
  readonly until: (text: string) => Promise<void>
  readonly stdout: () => string
  readonly stderr: () => string
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

export function startJob(
  world: Pick<JobWorld, 'environment'>,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  // Of its own session, so that no terminal takes part.
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

/** Asks again until the answer is this one: caches have to end first. Rejects after ten seconds. */
export async function eventually<Value>(ask: () => Promise<Value>, wanted: Value): Promise<void> {
  const endsAt = Date.now() + 10_000
  let value = await ask()
  while (value !== wanted) {
    if (Date.now() > endsAt) throw new Error(`still ${String(value)}, not ${String(wanted)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    value = await ask()
  }
}
