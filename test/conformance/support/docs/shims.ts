/** A folder for PATH: `npx` without a registry, and programs that would need an account. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PROGRAMS = ['npx', 'npm', 'node', 'curl', 'jq', 'edgemint', 'wrangler'] as const
const PLATFORM_PROGRAMS = [
  'buildkite-agent',
  'circleci',
  'aws',
  'spire-agent',
  'kubectl',
  'vault',
  'vc',
] as const
const TOOLS = ['docker', 'gh'] as const
const CREDENTIAL_HELPER = join(
  import.meta.dirname,
  '../../../../dist/cli/workload/docker-credential.js',
)

/** Writes them: each hands its arguments to a file of programs/, its own or a shared one. */
export function writeShims(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const write = (name: string, ...words: string[]) =>
    writeScript(join(bin, name), [process.execPath, ...words])
  const program = (file: string) => join(import.meta.dirname, 'programs', file)
  for (const name of PROGRAMS) write(name, program(`${name}.ts`))
  for (const name of PLATFORM_PROGRAMS) write(name, program('platform.ts'), name)
  for (const name of TOOLS) write(name, program('tool.ts'), name)
  write('docker-credential-edgemint', CREDENTIAL_HELPER)
  return bin
}

/** The scripts of one's own that a page runs: each finds in its folder what the page says. */
export function writeScripts(folder: string): void {
  const tool = join(import.meta.dirname, 'programs/tool.ts')
  writeScript(join(folder, 'deploy.sh'), [process.execPath, tool, 'deploy', 'token.jwt'])
}

function writeScript(path: string, words: readonly string[]): void {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  writeFileSync(path, `#!/bin/sh\nexec ${quoted} "$@"\n`)
  chmodSync(path, 0o755)
}
