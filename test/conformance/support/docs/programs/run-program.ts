/** Runs another of these programs with the same terminal, and exits with its exit code. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export function runProgram(name: string, args: readonly string[]): Promise<never> {
  const program = join(import.meta.dirname, `${name}.ts`)
  return runNode([program, ...args])
}

export function runNode(args: readonly string[]): Promise<never> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal))
  return new Promise(() => {
    child.once('exit', (code) => process.exit(code ?? 1))
  })
}
