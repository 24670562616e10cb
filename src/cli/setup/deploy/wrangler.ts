/** Runs wrangler in the folder of the deployment. */
import { spawn } from 'node:child_process'
import { unreachable } from '../../shell/failure.ts'
import { currentIo } from '../../shell/io.ts'
import { noteLines } from '../../shell/output.ts'

export type WranglerRun = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

type RunOptions = {
  /** A secret goes here, never into the arguments, which other programs of the machine can read. */
  readonly input?: string
  /** Shows the output on stderr. On a terminal, wrangler can ask there. */
  readonly isShown?: boolean
}

/** Returns the command line as a person would type it. */
export function renderWranglerCommand(args: readonly string[]): string {
  return ['npx', 'wrangler', ...args].join(' ')
}

/** Throws a failure only if npx cannot be started. */
export async function runWrangler(
  folder: string,
  args: readonly string[],
  { input, isShown = false }: RunOptions = {},
): Promise<WranglerRun> {
  const { environment, stdin } = currentIo()
  // Without a terminal, wrangler takes its own defaults in place of an answer.
  const isAsking = isShown && input === undefined && 'isTTY' in stdin && stdin.isTTY === true
  const child = spawn('npx', ['wrangler', ...args], {
    cwd: folder,
    stdio: isAsking ? 'inherit' : 'pipe',
    env: { ...environment, WRANGLER_SEND_METRICS: environment.WRANGLER_SEND_METRICS ?? 'false' },
    // On Windows, npx is a script of the shell.
    shell: process.platform === 'win32',
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
      if (isShown) noteLines(text.trimEnd())
    })
  }
  // A program that ends early does not read its stdin.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input ?? '')
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((error: Error) => {
    throw unreachable(`cannot start npx: ${error.message}`, 'install Node.js with npm')
  })
  return { exitCode, ...texts }
}
