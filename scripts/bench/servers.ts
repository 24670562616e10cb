/** The servers under load: the gateway and the floors, each a workerd of its own, started alike. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { MAX_DOCUMENT_BYTES } from '../../dist/core/limits.js'
import type { ApplyResult } from '../../dist/dev/index.js'
import { startRuntime } from '../../dist/dev/serve/runtime.js'
import { useWorkerdGuard, workerdPidFile } from '../../dist/dev/serve/workerd-guard.js'
import { GATEWAY_URL } from './fixtures.ts'

export type Server = {
  readonly host: string
  readonly port: number
  /** Of the process that does the work. */
  readonly pid: number
  readonly close: () => Promise<void>
}

/** The gateway does not accept the document; the message is its first problem. */
export class DocumentRefused extends Error {}

export const COMPATIBILITY_DATE = '2026-10-20'
export const HOST = '127.0.0.1'

export type FloorOptions = {
  readonly stateDir: string
  readonly script: string
  readonly verifyKey: string
  readonly signKey: string
  /** A module around that of the floor, `index.js`. */
  readonly entry?: string
}

export async function startFloor(options: FloorOptions): Promise<Server> {
  mkdirSync(options.stateDir, { recursive: true })
  const port = await freePort()
  // The guard says which process is this server's workerd.
  const releaseGuard = useWorkerdGuard(options.stateDir)
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: HOST,
      port: 0,
      cf: false,
      workers: [
        {
          name: 'floor',
          modules: modulesOf(options),
          modulesRoot: '/',
          compatibilityDate: COMPATIBILITY_DATE,
          bindings: { VERIFY_KEY: options.verifyKey, SIGN_KEY: options.signKey },
          unsafeDirectSockets: [{ host: HOST, port }],
        },
      ],
    }),
  )
  await miniflare.ready
  return {
    host: HOST,
    port,
    pid: readPid(options.stateDir),
    async close() {
      await miniflare.dispose()
      releaseGuard()
    },
  }
}

function modulesOf({ entry, script }: FloorOptions) {
  const moduleOf = (path: string, contents: string) => ({
    type: 'ESModule' as const,
    path,
    contents,
  })
  const floor = moduleOf('/index.js', script)
  return entry === undefined ? [floor] : [moduleOf('/entry.js', entry), floor]
}

export type MeasuredGatewayOptions = {
  readonly stateDir: string
  readonly key: string
  readonly trust: object
  /** True by default, as under `serve`. */
  readonly hasDecisionLog?: boolean
}

/** @throws DocumentRefused */
export async function startMeasuredGateway(options: MeasuredGatewayOptions): Promise<Server> {
  const json = JSON.stringify(options.trust)
  const bytes = Buffer.byteLength(json)
  // The call to the trust store would end at the platform's own limit, without a reason.
  if (bytes > MAX_DOCUMENT_BYTES) {
    throw new DocumentRefused(
      `document_too_large (${bytes} bytes; this gateway takes ${MAX_DOCUMENT_BYTES})`,
    )
  }
  mkdirSync(options.stateDir, { recursive: true })
  // Without the front of `serve`: the floors are asked at workerd's own socket too.
  const runtime = await startRuntime({
    stateDir: options.stateDir,
    variables: {
      ISSUER: GATEWAY_URL,
      ALLOWED_HOSTS: HOST,
      LOCAL_ISSUERS: 'true',
      LOCAL_GATEWAY: 'true',
      // As a new state of `serve`.
      SINGLE_LEDGER: 'true',
      TRUST_MAX_RULES: '100000',
      SIGNING_KEY_BENCH: options.key,
    },
    ownerKey: randomUUID(),
    // The limits of `serve` are not those of the platform, and are not measured.
    rateLimits: {},
    hasDecisionLog: options.hasDecisionLog ?? true,
    // The record of each decision is written and read; it is only not shown.
    onLog: () => undefined,
    onFailure: (error) => {
      throw error
    },
  })
  try {
    const body = JSON.stringify({ json, author: 'bench' })
    const applied = (await runtime.askOwner({ method: 'POST', body })) as ApplyResult
    if (applied.kind === 'refused') throw new DocumentRefused(describe(applied.problems))
  } catch (error) {
    await runtime.close()
    throw error
  }
  const { host, port } = await runtime.findUpstream()
  return { host, port, pid: readPid(options.stateDir), close: runtime.close }
}

function describe(
  problems: readonly { readonly code: string; readonly message: string }[],
): string {
  const [first] = problems
  return first === undefined ? 'refused' : `${first.code}: ${first.message}`
}

function readPid(stateDir: string): number {
  return Number(readFileSync(workerdPidFile(stateDir), 'utf8'))
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, HOST, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
