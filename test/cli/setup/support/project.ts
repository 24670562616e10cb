/** An empty folder in which edgemint and wrangler are installed, and commands that run there. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import { run } from '../../../../src/cli/shell/run.ts'
import { type RunOptions, root, runCli, type Transcript } from '../../support/run.ts'

export type Project = {
  readonly folder: string
  readonly read: (path: string) => string
  readonly write: (path: string, text: string) => void
  readonly has: (path: string) => boolean
  /** Every file below the folder except installed packages, sorted. */
  readonly list: () => readonly string[]
  readonly init: (args: readonly string[], options?: RunOptions) => Promise<Transcript>
  readonly deploy: (args: readonly string[], options?: RunOptions) => Promise<Transcript>
}

/** Every answer for a repository on GitHub. */
export const ANSWERS: readonly string[] = [
  ...['--issuer', 'https://sts.example.com'],
  ...['--admin', 'github:acme/api@trust', '--ids', 'acme/api=4411/8123456'],
  ...['--resource', 'https://api.example.com/v1', '--scope', 'deploy:write'],
  ...['--owner', 'platform@example.com'],
]

export function createProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-setup-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
  symlinkSync(root, join(folder, 'node_modules/edgemint'))
  symlinkSync(join(root, 'node_modules/wrangler'), join(folder, 'node_modules/wrangler'))
  symlinkSync('../wrangler/bin/wrangler.js', join(folder, 'node_modules/.bin/wrangler'))
  const place = ['--directory', folder]
  return {
    folder,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write: (path, content) => writeFileSync(join(folder, path), content),
    has: (path) => existsSync(join(folder, path)),
    list: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter((path) => !path.startsWith('node_modules'))
        .sort(),
    init: (args, options) => runCli(['init', ...args, ...place], options),
    deploy: (args, options) => runCli(['deploy', ...args, ...place], options),
  }
}

/** Runs a command whose stdin is a terminal, on which somebody types these lines. */
export async function runOnTerminal(
  args: readonly string[],
  lines: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Transcript> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = Promise.all([text(stdout), text(stderr)])
  stdin.end(lines.map((line) => `${line}\n`).join(''))
  const exitCode = await run(args, { stdin, stdout, stderr, environment })
  stdout.end()
  stderr.end()
  const [out, err] = await written
  return { stdout: out, stderr: err, exitCode }
}
