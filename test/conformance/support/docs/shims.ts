/** A folder for PATH: `npx` without a registry, and programs that would need an account. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PROGRAMS = ['npx', 'npm', 'curl', 'edgemint', 'wrangler'] as const
const PLATFORM_PROGRAMS = ['buildkite-agent', 'circleci', 'aws', 'spire-agent'] as const

/** Writes them; each hands its arguments to programs/<name>.ts, or with its name to platform.ts. */
export function writeShims(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const write = (name: string, program: string, argument: string) => {
    const path = join(import.meta.dirname, 'programs', program)
    const line = `exec '${process.execPath}' '${path}' ${argument} "$@"`
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  for (const name of PROGRAMS) write(name, `${name}.ts`, '')
  for (const name of PLATFORM_PROGRAMS) write(name, 'platform.ts', name)
  // `node` is the one that runs the tests, whatever else the machine has.
  writeFileSync(join(bin, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`)
  chmodSync(join(bin, 'node'), 0o755)
  return bin
}
