/**
 * Installs the packed package into an empty project without network access. Its dependencies are
 * packed from node_modules.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const root = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Runs the npm that runs the tests, or the one on the PATH. */
async function runNpm(args: readonly string[], cwd: string): Promise<string> {
  const script = process.env.npm_execpath ?? ''
  const isNpm = /npm-cli\.js$/.test(script)
  const [command, first] = isNpm ? [process.execPath, [script]] : ['npm', []]
  const options = { cwd, maxBuffer: 64 * 1024 * 1024 }
  return (await run(command, [...first, ...args], options)).stdout
}

export type Manifest = {
  readonly version: string
  readonly repository: { readonly type: string; readonly url: string }
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

type PackedFile = { readonly path: string; readonly size: number; readonly mode: number }
export type Packed = {
  readonly name: string
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly PackedFile[]
}

/** Lists what `npm pack` puts into a package, without writing it. */
export async function pack(source: string): Promise<Packed> {
  const [packed] = await runPack([source], ['--dry-run'])
  if (packed === undefined) throw new Error(`npm pack made no package from ${source}`)
  return packed
}

/** Runs `npm pack` once for all sources. */
async function runPack(
  sources: readonly string[],
  flags: readonly string[],
): Promise<readonly Packed[]> {
  const stdout = await runNpm(['pack', '--json', '--ignore-scripts', ...flags, ...sources], root)
  // npm prints a list, and from version 12 on an object by name.
  const packed = Object.values(JSON.parse(stdout) as Record<string, Packed>)
  if (packed.length !== sources.length) {
    throw new Error(`npm pack made ${packed.length} packages from ${sources.length} sources`)
  }
  return packed
}

export type Project = {
  readonly folder: string
  readonly write: (name: string, content: string) => string
  /** Rejects unless the command exits with 0. */
  readonly run: (
    command: string,
    args: readonly string[],
  ) => Promise<{ readonly stdout: string; readonly stderr: string }>
  readonly remove: () => void
}

export async function installProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-project-'))
  const names = Object.keys(manifest.dependencies)
  const sources = [root, ...names.map((name) => join(root, 'node_modules', name))]
  const packed = await runPack(sources, ['--pack-destination', folder])
  const dependencies = Object.fromEntries(
    packed.map(({ name, filename }) => [name, `file:./${filename}`]),
  )
  const write = (name: string, content: string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  write(
    'package.json',
    JSON.stringify({ name: 'empty', type: 'module', private: true, dependencies }),
  )
  const options = { cwd: folder, maxBuffer: 16 * 1024 * 1024 }
  await runNpm(['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund'], folder)
  return {
    folder,
    write,
    run: (command, args) => run(command, [...args], options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
