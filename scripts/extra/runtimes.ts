/**
 * Runs runtime-smoke.ts on Node, Deno and Bun, against the dev issuer and a gateway. Deno and Bun
 * are fetched from the npm registry for the run and not installed. A runtime that cannot be fetched
 * is reported and counts as a failure.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startDevIssuer, startGateway } from '../../dist/dev/index.js'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const SMOKE = join(import.meta.dirname, 'runtime-smoke.ts')
/** A first run fetches a runtime of 100 MB. */
const FETCH_MILLISECONDS = 300_000
const RUN_MILLISECONDS = 120_000
const API = 'https://api.example.com'
const AUDIENCE = 'https://sts.example.com'

type Runtime = {
  readonly name: string
  /** The words before a version flag or the program. */
  readonly command: readonly string[]
  readonly flags: readonly string[]
}

const fetched = (name: string, version: string) => [
  ...['npm', 'exec', '--yes', `--package=${name}@${version}`, '--', name],
]

const RUNTIMES: readonly Runtime[] = [
  { name: 'node', command: [process.execPath], flags: [] },
  {
    name: 'deno',
    command: fetched('deno', '2.9.6'),
    // Deno requires write permission for a Unix socket.
    flags: [
      'run',
      '--no-prompt',
      ...['env', 'read', 'write', 'run', 'net'].map((name) => `--allow-${name}`),
    ],
  },
  { name: 'bun', command: fetched('bun', '1.4.5'), flags: ['run'] },
]

function trustDocument(issuerUrl: string): object {
  return {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: `${issuerUrl}/github`, audience: AUDIENCE },
    },
    resources: { [API]: { scopes: ['deploy:read'] } },
    rules: [
      {
        name: 'deploy',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: { repository_owner_id: '1234567', repository_id: '456789012' },
        grant: { resource: API, scopes: ['deploy:read'], replay: 'reuse' },
      },
    ],
  }
}

async function listen(answer: RequestListener, path?: string) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  const port = (server.address() as AddressInfo | null)?.port
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/**
 * Starts a gateway and a platform. The environment of the program gives the token in every way that
 * a source can read.
 */
async function startWorld(scratch: string) {
  const issuer = await startDevIssuer()
  const gateway = await startGateway({
    stateDir: join(scratch, 'state'),
    localIssuers: true,
    onLog: () => {},
  })
  const applied = await gateway.applyTrust(JSON.stringify(trustDocument(issuer.issuer)), 'script')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
  const token = await issuer.mint({ provider: 'github-actions', audience: AUDIENCE }, 'github')
  const file = join(scratch, 'token')
  const socketPath = join(scratch, 'api.sock')
  writeFileSync(file, `${token}\n`)
  const socket = await listen((_, response) => response.end(token), socketPath)
  const platform = await listen((_, response) => response.end(JSON.stringify({ value: token })))
  return {
    environment: {
      GATEWAY: gateway.url,
      SUBJECT_FILE: file,
      PRINT_TOKEN: JSON.stringify(['cat', file]),
      EDGEMINT_SUBJECT_TOKEN: token,
      EDGEMINT_FLY_SOCKET: socketPath,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${platform.url}/token`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    },
    async close() {
      socket.close()
      platform.close()
      await gateway.close()
      await issuer.close()
    },
  }
}

/** Runs the program on one runtime and prints one line. Returns true when every test passed. */
async function check(
  { name, command, flags }: Runtime,
  environment: Readonly<Record<string, string>>,
): Promise<boolean> {
  const [program = '', ...words] = command
  const env = { ...process.env, ...environment }
  const version = await run(program, [...words, '--version'], { timeout: FETCH_MILLISECONDS }).then(
    ({ stdout }) => /\d+\.\d+\.\d+/.exec(stdout)?.[0],
    () => undefined,
  )
  if (version === undefined) {
    console.log(`${name}: is not available, so nothing was checked (${command.join(' ')})`)
    return false
  }
  try {
    const options = { cwd: root, env, timeout: RUN_MILLISECONDS }
    const { stdout } = await run(program, [...words, ...flags, SMOKE], options)
    const held = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, boolean>
    const failed = Object.keys(held).filter((key) => held[key] !== true)
    const all = `${Object.keys(held).length - failed.length} of ${Object.keys(held).length} passed`
    console.log(
      `${name} ${version}: ${all}${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`,
    )
    return failed.length === 0
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    console.log(`${name} ${version}: the program failed\n${said.trimEnd()}`)
    return false
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-runtimes-'))
const world = await startWorld(scratch)
try {
  for (const runtime of RUNTIMES) {
    if (!(await check(runtime, world.environment))) process.exitCode = 1
  }
} finally {
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
}
