/** A folder for PATH: `npx` without a registry, and programs that would need an account. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PROGRAMS = ['npx', 'npm', 'curl', 'edgemint', 'wrangler'] as const

/** Writes them; each hands its name and its arguments to programs/<name>.ts. */
export function writeShims(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const name of PROGRAMS) {
    const program = join(import.meta.dirname, 'programs', `${name}.ts`)
    writeFileSync(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return bin
}
