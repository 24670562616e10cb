/**
 * Checks forward auth behind the real proxies, with the configurations of the documentation. Checks
 * which requests pass, what the API receives, and how soon a revocation takes effect. No request
 * may pass while the gateway is unreachable. `npm run check:proxies -- nginx caddy` checks only
 * these two.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BOUND, DEMANDED } from './bound-checks.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { startWorld, type World } from './forward-auth-world.ts'
import { NO_PREFLIGHT, PREFLIGHT } from './preflight-checks.ts'
import { findTool, PROXIES, type Running, startProxy } from './proxies.ts'
import { BACK, type Check, CLOSED, OPEN, REVOKED, until } from './proxy-checks.ts'
import { send } from './proxy-client.ts'

const names = process.argv.slice(2)
const chosen = PROXIES.filter(({ tool }) => names.length === 0 || names.includes(tool))
const missing = [...new Set(chosen.map(({ tool }) => tool))].filter((tool) => !findTool(tool))
const unknown = names.filter((name) => !PROXIES.some(({ tool }) => tool === name))

let passed = 0
let failed = 0

if (unknown.length > 0) {
  fail(`no configuration for ${unknown.join(', ')}`)
} else if (missing.length > 0) {
  fail(
    `not installed: ${missing.join(', ')}. scripts/extra/install-tools.sh installs them on Debian; ` +
      'to check only some proxies, name them: npm run check:proxies -- nginx',
  )
} else {
  await main()
}

function fail(sentence: string): void {
  process.stderr.write(`check:proxies: ${sentence}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  // Each proxy is a process group of its own, so an interrupt does not reach it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-proxies-'))
  // The workers of nginx run as another user and need access to its cache.
  chmodSync(scratch, 0o755)
  const certificates = makeCertificates(scratch)
  const world = await startWorld(scratch, certificates)
  const running: Running[] = []
  try {
    for (const proxy of chosen) {
      const places = {
        ...{ scratch, certificates, port: await freePort() },
        ...{ gatewayPort: world.gatewayPort, originPort: world.originPort },
      }
      running.push(startProxy(proxy, places, proxy.name))
    }
    await Promise.all(running.map(waitUntilReady))
    await runAll(running, world, certificates)
    await inAll('refuses a CORS preflight by default', running, world, NO_PREFLIGHT)
    await inAll(
      'returns 5xx for a resource that the gateway does not know',
      running,
      world,
      misconfigured,
    )
    await inAll('DPoP: protects an API that demands it', running, world, demandsBinding)
    await inAll(
      'lets only preflights pass with the lines for CORS',
      running,
      world,
      allowsPreflight,
    )
  } finally {
    await Promise.all(running.map(({ stop }) => stop()))
    await world.close()
    rmSync(scratch, { recursive: true, force: true })
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  if (failed > 0) process.exitCode = 1
}

async function runAll(
  running: readonly Running[],
  world: World,
  certificates: Certificates,
): Promise<void> {
  for (const [title, check] of Object.entries({ ...OPEN, ...BOUND })) {
    await inAll(title, running, world, check)
  }
  await inAll('refuses a revoked token within 25 s', running, world, REVOKED)
  await world.gatewayDown()
  await inAll('lets no request pass while the gateway is unreachable', running, world, CLOSED)
  await world.gatewayUp()
  await inAll('lets valid tokens pass when the gateway is back', running, world, BACK)
  await world.gatewayDown()
  await world.gatewayUp(certificates.stranger)
  await inAll(
    'lets no request pass when another authority signed the certificate',
    running,
    world,
    CLOSED,
  )
  await world.gatewayDown()
  await world.gatewayUp(certificates.neighbour)
  await inAll('lets no request pass when the certificate has another name', running, world, CLOSED)
  await world.gatewayDown()
  await world.gatewayUp()
  await inAll('lets valid tokens pass after the certificate is restored', running, world, BACK)
}

/** Runs one check on all proxies at once, so that their waiting times overlap. */
async function inAll(title: string, running: readonly Running[], world: World, check: Check) {
  await Promise.all(
    running.map(async (one) => {
      try {
        await check(one, world)
        passed += 1
        process.stdout.write(`ok      ${one.proxy.name}: ${title}\n`)
      } catch (error) {
        failed += 1
        const sentence = error instanceof Error ? error.message : String(error)
        process.stdout.write(`FAILED  ${one.proxy.name}: ${title}\n        ${sentence}\n`)
        process.stdout.write(`        output: ${one.said().slice(-2000)}\n`)
      }
    }),
  )
}

/** Starts the same proxy with a mistake in its configuration, as a second process. */
async function misconfigured({ proxy, places }: Running, world: World): Promise<void> {
  const port = await freePort()
  const slip =
    proxy.name === 'envoy-prefix'
      ? ([['value: https://api.example.com', 'value: https://gone.example.com']] as const)
      : ([['resource=https%3A%2F%2Fapi.', 'resource=https%3A%2F%2Fgone.']] as const)
  const one = startProxy(proxy, { ...places, port }, `${proxy.name}-wrong`, slip)
  try {
    await waitUntilReady(one)
    const answer = await send(one.places, { token: await world.newToken() })
    if (answer.status < 500 || answer.received !== undefined) {
      throw new Error(`status ${answer.status}`)
    }
  } finally {
    await one.stop()
  }
}

/** Starts the same proxy for a resource that requires a binding and is not the URL of the API. */
async function demandsBinding({ proxy, places }: Running, world: World): Promise<void> {
  const port = await freePort()
  const slip =
    proxy.name === 'envoy-prefix'
      ? ([
          ['value: https://api.example.com', 'value: https://bound.example.com'],
          [
            'require-proof, value: original }',
            'require-proof, value: original }\n                            ' +
              '- { key: x-edgemint-require-origin, value: https://api.example.com }',
          ],
        ] as const)
      : ([
          ['resource=https%3A%2F%2Fapi.', 'resource=https%3A%2F%2Fbound.'],
          ['&proof=', '&origin=https%3A%2F%2Fapi.example.com&proof='],
        ] as const)
  const one = startProxy(proxy, { ...places, port }, `${proxy.name}-bound`, slip)
  try {
    await waitUntilReady(one)
    await DEMANDED(one, world)
  } finally {
    await one.stop()
  }
}

/** Starts the same proxy with the lines for CORS, as a second process. */
async function allowsPreflight({ proxy, places }: Running, world: World): Promise<void> {
  const port = await freePort()
  const one = startProxy(proxy, { ...places, port }, `${proxy.name}-cors`, [['#cors ', '']])
  try {
    await waitUntilReady(one)
    await PREFLIGHT(one, world)
  } finally {
    await one.stop()
  }
}

/**
 * Waits until the proxy refuses a request without a token. Traefik returns 404 before it has read
 * its whole configuration.
 */
async function waitUntilReady({ proxy, places, said }: Running): Promise<void> {
  const isReady = async () => {
    const status = await send(places).then(
      (answer) => answer.status,
      () => 0,
    )
    return status === 401
  }
  await until(`${proxy.name} is ready`, 30, isReady).catch((error: unknown) => {
    throw new Error(`${proxy.name} did not start: ${said().slice(-4000)}`, { cause: error })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
