/**
 * Stores a secret of a deployed Worker with `npx wrangler secret put`. The value goes to its stdin and
 * never into a command line, which other programs of the machine can read.
 */
import { spawn } from 'node:child_process'
import type { Command } from '../shell/command.ts'
import { refusal, unreachable } from '../shell/failure.ts'
import { currentIo } from '../shell/io.ts'
import { noteLines } from '../shell/output.ts'

export type Deployment = {
  readonly config: string | undefined
  readonly env: string | undefined
}

export const WRANGLER_FLAGS = {
  config: {
    value: 'FILE',
    about: 'the wrangler configuration of the deployment; passed on to wrangler',
    completes: 'files',
  },
  env: { value: 'NAME', about: 'the wrangler environment; passed on to wrangler' },
} as const satisfies Command['flags']

/** Returns the command line of `wrangler secret put` or `wrangler secret delete`. */
export function wranglerCommand(
  verb: 'put' | 'delete',
  name: string,
  { config, env }: Deployment,
): string {
  return ['npx', ...listArguments(verb, name, { config, env })].map(quote).join(' ')
}

function listArguments(verb: string, name: string, { config, env }: Deployment): readonly string[] {
  return [
    ...['wrangler', 'secret', verb, name],
    ...(config === undefined ? [] : ['--config', config]),
    ...(env === undefined ? [] : ['--env', env]),
  ]
}

function quote(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Throws a failure if wrangler cannot be started or does not store the secret. */
export async function putSecret(name: string, value: string, target: Deployment): Promise<void> {
  const child = spawn('npx', listArguments('put', name, target), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...currentIo().environment },
    // On Windows, npx is a script of the shell.
    shell: process.platform === 'win32',
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => noteLines(text.trimEnd()))
  }
  // A program that ends early does not read its stdin.
  child.stdin.on('error', () => {})
  child.stdin.end(value)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((error: Error) => {
    throw unreachable(`cannot start npx: ${error.message}`, 'install Node.js with npm')
  })
  if (exitCode !== 0) {
    throw refusal(
      `wrangler did not store ${name}: it ended with ${exitCode}`,
      'log in with npx wrangler login, or name the configuration with --config',
    )
  }
}
