/**
 * `npm run check:mcp`: runs the scenarios of the MCP conformance package that concern an
 * authorization server without people, with a gateway in place of its mock. Connects the TypeScript
 * and Python SDKs of MCP to examples/mcp with a workload's token. Prints one line for each, and exits
 * with 1 when one failed. Missing tools count as failures. With `--installed` they are skipped.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startDevIssuer, startGateway } from '../../../dist/dev/index.js'
import { startProcess } from '../../processes.ts'
import { connectTypeScript } from './connect.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
/** Installed packages are kept between runs. */
const CACHE = join(root, 'node_modules/.cache/mcp')
const INSTALL_MILLISECONDS = 600_000
const RUN_MILLISECONDS = 120_000
const SUBJECT = 'system:serviceaccount:payments:worker'
const PACKAGE = 'node_modules/@modelcontextprotocol/conformance'
/** What the metadata of an authorization server for browsers has, and that of a gateway has not. */
const NOT_OFFERED = 'Response body does not include valid "response_types_supported" claim'
const NOT_RUN = {
  'authorization-code-grant': 'a person must sign in',
  'auth/client-credentials-basic': 'the gateway stores no client secrets',
}

let failures = 0

function report(name: string, isGood: boolean, said: string): void {
  if (!isGood) failures += 1
  console.log(`${isGood ? 'works' : 'FAILS'}  ${name}: ${said}`)
}

async function check(name: string, tool: string, work: () => Promise<string>): Promise<void> {
  try {
    await run(tool, ['--version'])
  } catch {
    if (!process.argv.includes('--installed')) failures += 1
    console.log(`not checked  ${name}: ${tool} is not installed on this machine`)
    return
  }
  try {
    report(name, true, await work())
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string }
    const message = error instanceof Error ? error.message : String(error)
    report(
      name,
      false,
      `${message}\n${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n  '),
    )
  }
}

async function installConformance(): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) {
    cpSync(join(import.meta.dirname, file), join(CACHE, file))
  }
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', options, { cwd: CACHE, timeout: INSTALL_MILLISECONDS })
  const { version } = JSON.parse(readFileSync(join(CACHE, PACKAGE, 'package.json'), 'utf8')) as {
    version: string
  }
  return `installed ${version}`
}

/** Runs one scenario for clients. It fails if a check of the scenario, or one of ours, failed. */
async function runScenario(scenario: string, scratch: string): Promise<string> {
  const folder = mkdtempSync(join(scratch, 'scenario-'))
  const files = { KEYS_FILE: join(folder, 'keys'), RESULTS_FILE: join(folder, 'results') }
  const client = `${process.execPath} ${join(import.meta.dirname, 'conformance-client.ts')}`
  const { stdout } = await run(
    process.execPath,
    [
      ...['--import', join(import.meta.dirname, 'record-keys.js')],
      ...[join(CACHE, PACKAGE, 'dist/index.js'), 'client', '--scenario', scenario],
      ...['--command', client, '--timeout', String(RUN_MILLISECONDS)],
    ],
    { cwd: root, env: { ...process.env, ...files }, timeout: 2 * RUN_MILLISECONDS },
  )
  const results = readFileSync(files.RESULTS_FILE, 'utf8').trim().split('\n')
  for (const line of results) {
    const { name, isGood, said } = JSON.parse(line) as {
      name: string
      isGood: boolean
      said: string
    }
    report(`${scenario} with a gateway in place of its mock, ${name}`, isGood, said)
  }
  return /Passed: .*/.exec(stdout)?.[0] ?? 'passed with its own mock'
}

/** The scenario requires a response type for browsers. Any other complaint is a fault of the gateway. */
async function checkMetadata(scratch: string): Promise<string> {
  const gateway = await startGateway({
    ...{ stateDir: join(scratch, 'metadata'), localIssuers: true, onLog: () => {} },
  })
  const output = join(scratch, 'authorization')
  try {
    const scenario = 'authorization-server-metadata-endpoint'
    const script = join(CACHE, PACKAGE, 'dist/index.js')
    const options = ['authorization', '--url', gateway.issuer, '--scenario', scenario, '--verbose']
    const said = await run(process.execPath, [script, ...options, '-o', output], {
      timeout: RUN_MILLISECONDS,
    }).catch((error: { stdout: string }) => error)
    const checks = JSON.parse(/\[\s*\{[\s\S]*\]/.exec(said.stdout)?.[0] ?? '[]') as {
      readonly id: string
      readonly errorMessage?: string
    }[]
    const [metadata] = checks.filter(({ id }) => id === 'authorization-server-metadata')
    if (metadata?.errorMessage !== NOT_OFFERED) {
      throw new Error(`other complaints than the one expected: ${said.stdout}`)
    }
    return 'complete but for the response type for browsers, which the gateway does not offer'
  } finally {
    await gateway.close()
  }
}

/** Starts the gateway and the server of examples/mcp, and calls `work` with their addresses. */
async function withExample(
  scratch: string,
  work: (server: string, issuer: string, token: string) => Promise<string>,
): Promise<string> {
  const folder = mkdtempSync(join(scratch, 'example-'))
  const platform = await startDevIssuer()
  const port = await freePort()
  const server = `http://127.0.0.1:${port}/mcp`
  const trust = readFileSync(join(root, 'examples/mcp/trust.yaml'), 'utf8')
    .replaceAll('http://127.0.0.1:8789/mcp', server)
    .replaceAll('http://127.0.0.1:7600', platform.issuer)
  const file = join(folder, 'trust.yaml')
  writeFileSync(file, trust)
  const cli = join(root, 'dist/cli/shell/main.js')
  const state = ['--port', '0', '--state', join(folder, 'state'), '--trust', file]
  const gateway = await startProcess(process.execPath, [cli, 'serve', ...state, '--local-issuers'])
  const issuer = String(gateway.ready.url)
  const example = await startProcess(process.execPath, [join(root, 'examples/mcp/server.ts')], {
    ...{ ISSUER: issuer, RESOURCE: server, PORT: String(port) },
  })
  try {
    const request = { provider: 'kubernetes', audience: issuer }
    return await work(server, issuer, await platform.mint(request, 'cluster'))
  } finally {
    await example.stop()
    await gateway.stop()
    await platform.close()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function connectPython(server: string, issuer: string, token: string): Promise<string> {
  const venv = join(CACHE, 'venv')
  await run('python3', ['-m', 'venv', venv])
  const requirements = join(import.meta.dirname, 'requirements.txt')
  const install = ['install', '--quiet', '--requirement', requirements]
  await run(join(venv, 'bin/pip'), install, { timeout: INSTALL_MILLISECONDS })
  const variables = { SERVER: server, ISSUER: issuer, CLIENT_ID: SUBJECT, WORKLOAD_TOKEN: token }
  const program = join(import.meta.dirname, 'connect.py')
  const { stdout } = await run(join(venv, 'bin/python'), [program], {
    ...{ env: { ...process.env, ...variables }, timeout: RUN_MILLISECONDS },
  })
  return stdout.trim()
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-mcp-'))
try {
  await check('MCP conformance package', 'npm', installConformance)
  for (const scenario of [
    'auth/wif-jwt-bearer',
    'auth/client-credentials-jwt',
    'auth/enterprise-managed-authorization',
    'auth/dpop',
    'auth/dpop-nonce',
  ]) {
    await check(`${scenario} with its own mock`, 'npm', () => runScenario(scenario, scratch))
  }
  await check('authorization-server-metadata-endpoint', 'npm', () => checkMetadata(scratch))
  await check('MCP TypeScript SDK', 'node', () =>
    withExample(scratch, (server, issuer, token) =>
      connectTypeScript(server, issuer, SUBJECT, token),
    ),
  )
  await check('MCP Python SDK', 'python3', () => withExample(scratch, connectPython))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
for (const [name, reason] of Object.entries(NOT_RUN)) console.log(`not run  ${name}: ${reason}`)
console.log(failures === 0 ? 'every check passed' : `${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1
