/** A folder for PATH: `npx` without a registry, and programs that would need an account. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PROGRAMS = ['npm', 'node', 'curl', 'jq', 'wrangler'] as const
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
const CLI = join(import.meta.dirname, '../../../../dist/cli')

/**
 * Writes them: each hands its arguments to a file of programs/, its own or a shared one. Those that
 * a page calls at every step are shell alone, for each start of Node takes a tenth of a second.
 */
export function writeShims(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const write = (name: string, ...words: string[]) =>
    writeScript(join(bin, name), [process.execPath, ...words])
  const program = (file: string) => join(import.meta.dirname, 'programs', file)
  for (const name of PROGRAMS) write(name, program(`${name}.ts`))
  for (const name of PLATFORM_PROGRAMS) write(name, program('platform.ts'), name)
  for (const name of TOOLS) write(name, program('tool.ts'), name)
  write('docker-credential-edgemint', join(CLI, 'workload/docker-credential.js'))
  writeText(join(bin, 'npx'), renderNpx(bin))
  writeText(join(bin, 'edgemint'), renderEdgemint(program('server.ts')))
  return bin
}

/** `npx` without a registry: the command line of this repository, and wrangler's shim. */
function renderNpx(bin: string): string {
  return `while [ "$1" = --yes ] || [ "$1" = -y ]; do shift; done
name=\${1%%@*}
case "$name" in
  edgemint | wrangler) ;;
  *) echo "npx: no program $1 in the docs" >&2; exit 2 ;;
esac
shift
exec '${bin}'/"$name" "$@"
`
}

/** The built command line. A command that runs until it is stopped is left running. */
function renderEdgemint(server: string): string {
  const node = `exec '${process.execPath}'`
  return `program='${server}'
for argument; do [ "$argument" = --help ] && program=; done
case "$1" in
  serve | dev-issuer | proxy) [ "$program" ] && ${node} "$program" "$@" ;;
esac
${node} '${join(CLI, 'shell/main.js')}' "$@"
`
}

/** The scripts of one's own that a page runs: each finds in its folder what the page says. */
export function writeScripts(folder: string): void {
  const tool = join(import.meta.dirname, 'programs/tool.ts')
  writeScript(join(folder, 'deploy.sh'), [process.execPath, tool, 'deploy', 'token.jwt'])
}

function writeScript(path: string, words: readonly string[]): void {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  writeText(path, `exec ${quoted} "$@"\n`)
}

function writeText(path: string, lines: string): void {
  writeFileSync(path, `#!/bin/sh\n${lines}`)
  chmodSync(path, 0o755)
}
