/**
 * Makes a folder for PATH with `npx` without a registry, and fakes of programs that would need an
 * account.
 */
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
 * Writes the programs. Each passes its arguments to a file of programs/. `npx` and `edgemint` run
 * in almost every block, so they are shell scripts: each start of Node takes a tenth of a second.
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

/** Renders `npx`: it runs the command line of this repository or the fake wrangler. */
function renderNpx(bin: string): string {
  return `while [ "$1" = --yes ] || [ "$1" = -y ]; do shift; done
name=\${1%%@*}
case "$name" in
  edgemint | wrangler) ;;
  *) echo "npx: unsupported program $1" >&2; exit 2 ;;
esac
shift
exec '${bin}'/"$name" "$@"
`
}

/** Renders `edgemint`: it runs the built command line, and leaves a server running. */
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

/**
 * Writes the scripts of users that a page runs. Each reads its token from the folder of the page.
 */
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
