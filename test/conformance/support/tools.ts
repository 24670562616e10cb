/**
 * Helps tests that run other programs with the credential helpers. Offers a `PATH` on which `npx
 * edgemint` is the built command line, an empty home folder, and servers that require a token of
 * the gateway.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll } from 'vitest'
import { root } from './world.ts'

type Run = {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

export type Home = {
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
  /** Runs a shell command in this home folder, without the environment of the test. */
  readonly run: (line: string, more?: Readonly<Record<string, string>>) => Promise<Run>
}

const PROGRAMS = {
  npx: 'shell/main.js',
  'docker-credential-edgemint': 'workload/docker-credential.js',
}

export function createHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'edgemint-home-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  const bin = join(path, 'bin')
  mkdirSync(bin)
  for (const [name, file] of Object.entries(PROGRAMS)) {
    const program = join(root, 'dist/cli', file)
    const shift = name === 'npx' ? 'shift\n' : ''
    const script = `#!/bin/sh\n${shift}exec '${process.execPath}' '${program}' "$@"\n`
    writeFileSync(join(bin, name), script)
    chmodSync(join(bin, name), 0o755)
  }
  const environment = {
    HOME: path,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    // Disables prompts and the settings of this machine.
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '0',
  }
  return {
    path,
    environment,
    run: (line, more) => runShell(line, path, { ...environment, ...more }),
  }
}

function runShell(line: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Run> {
  const child = spawn('sh', ['-e', '-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
  })
}

export type Guarded = {
  readonly url: string
  readonly host: string
  /** The scheme of each Authorization header that was received. */
  readonly seen: readonly string[]
}

/** Starts a server whose pages require a token, as a password or as a bearer token. */
export async function startGuarded(
  pages: Readonly<Record<string, string>>,
  accepts: (token: string) => Promise<boolean>,
): Promise<Guarded> {
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    const { kind, token } = readToken(request)
    if (kind !== undefined) seen.push(kind)
    if (token === undefined || !(await accepts(token))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="guarded"' }).end()
      return
    }
    const { pathname } = new URL(request.url ?? '/', 'http://guarded')
    const page = Object.hasOwn(pages, pathname) ? pages[pathname] : undefined
    response.writeHead(page === undefined ? 404 : 200).end(page ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, seen }
}

function readToken({ headers }: IncomingMessage) {
  const [kind, text = ''] = (headers.authorization ?? '').split(' ')
  if (kind === 'Bearer') return { kind, token: text }
  if (kind !== 'Basic') return { kind: undefined, token: undefined }
  const [, password] = Buffer.from(text, 'base64').toString('utf8').split(':')
  return { kind, token: password }
}
