/**
 * The built Worker on workerd, on one machine: real Durable Objects and KV in a directory that
 * survives a restart, and requests that go to workerd directly. Miniflare only starts it and
 * stands aside. For one machine; a deployment is Cloudflare's work.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DocumentProblem, RevisionSummary } from '../protocol/admin.ts'
import { claimStateDir, type LocalKey, loadLocalKey } from './state-dir.ts'
import { OWNER_HOST, OWNER_KEY_HEADER, TRUST_OWNER } from './trust-owner.ts'
import { writeWorkerdGuard } from './workerd-guard.ts'

/** Options of `startGateway`. */
export type GatewayOptions = {
  /** 0, the default, picks a free port. */
  readonly port?: number
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** Where Durable Objects, KV and, without a key in `variables`, a signing key are kept. */
  readonly stateDir: string
  /** The issuer URL to publish; the gateway's own address by default. */
  readonly issuer?: string
  /** Accept `http://` issuers on loopback addresses. */
  readonly localIssuers?: boolean
  /** Variables and secrets of the Worker, as a deployment would have them. */
  readonly variables?: Readonly<Record<string, string>>
  /** Called with each line that the Worker writes to its log. */
  readonly onLog?: (line: string) => void
}

/** Whether a document became the next revision. */
export type ApplyResult =
  | { readonly kind: 'stored' | 'unchanged'; readonly summary: RevisionSummary }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] }

/** A gateway that runs on this machine. */
export type LocalGateway = {
  readonly url: string
  readonly issuer: string
  /** The key of the state directory, when none was given. */
  readonly localKey: LocalKey | undefined
  /** Stores a document (JSON text) as the next revision. */
  readonly applyTrust: (json: string, author: string) => Promise<ApplyResult>
  /** The current revision of the trust document; 0 before the first. */
  readonly revision: () => Promise<number>
  readonly close: () => Promise<void>
}

const COMPATIBILITY_DATE = '2026-10-20'
const WORKER = 'edgemint'

/**
 * Starts a gateway. Throws `MiniflareMissing` where the optional peer is not installed, and an
 * `Error` when the state directory or the port is in use.
 */
export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const { Miniflare, convertV4MiniflareOptions } = await importMiniflare()
  const stateDir = resolve(options.stateDir)
  const claim = await claimStateDir(stateDir)
  try {
    const host = options.host ?? '127.0.0.1'
    const port = await choosePort(options.port ?? 0, host)
    const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
    const issuer = options.issuer ?? url
    const { variables, localKey } = await gatherVariables(options, stateDir, issuer)
    const ownerKey = randomUUID()
    const guard = writeWorkerdGuard(stateDir)
    if (guard !== undefined) process.env.MINIFLARE_WORKERD_PATH = guard
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        host: '127.0.0.1',
        port: 0,
        cf: false,
        resourcePersistencePath: join(stateDir, 'objects'),
        ...(options.onLog === undefined ? {} : readLog(options.onLog)),
        workers: [
          {
            ...workerCode(),
            name: WORKER,
            bindings: { ...variables },
            kvNamespaces: ['REVOCATIONS'],
            durableObjects: {
              TRUST_STORE: { className: 'TrustStore', useSQLite: true },
              REPLAY_LEDGER: { className: 'ReplayLedger', useSQLite: true },
              REVOCATION_LOG: { className: 'RevocationLog', useSQLite: true },
            },
            unsafeDirectSockets: [{ host, port }],
          },
          {
            name: 'owner',
            routes: [`${OWNER_HOST}/*`],
            modules: true,
            script: TRUST_OWNER,
            bindings: { OWNER_KEY: ownerKey },
            compatibilityDate: COMPATIBILITY_DATE,
            durableObjects: {
              TRUST_STORE: { className: 'TrustStore', scriptName: WORKER, useSQLite: true },
            },
          },
        ],
      }),
    )
    await miniflare.ready
    // Not through `getWorker`: its first call blocks this thread, which alone reads workerd's log,
    // and workerd stands still once nobody does. Under load at the start, each waited for the other.
    const ask = async (init?: { method: string; body: string }): Promise<unknown> => {
      const headers = { [OWNER_KEY_HEADER]: ownerKey }
      return (await miniflare.dispatchFetch(`http://${OWNER_HOST}/`, { ...init, headers })).json()
    }
    return {
      url,
      issuer,
      localKey,
      applyTrust: async (json, author) =>
        (await ask({ method: 'POST', body: JSON.stringify({ json, author }) })) as ApplyResult,
      revision: async () => ((await ask()) as { revision: number }).revision,
      close: async () => {
        await miniflare.dispose()
        claim.release()
      },
    }
  } catch (error) {
    claim.release()
    throw error
  }
}

function workerCode() {
  const path = fileURLToPath(new URL('../bundle/index.js', import.meta.url))
  return {
    modules: [{ type: 'ESModule' as const, path, contents: readFileSync(path, 'utf8') }],
    modulesRoot: join(path, '..'),
    compatibilityDate: COMPATIBILITY_DATE,
  }
}

async function gatherVariables(options: GatewayOptions, stateDir: string, issuer: string) {
  const given = options.variables ?? {}
  const hasKey = Object.keys(given).some((name) => name.startsWith('SIGNING_KEY_'))
  const localKey = hasKey ? undefined : await loadLocalKey(stateDir)
  const variables: Record<string, string> = {
    ...given,
    ...(localKey === undefined ? {} : { SIGNING_KEY_LOCAL: localKey.jwk }),
    ISSUER: issuer,
    LOCAL_ISSUERS: options.localIssuers === true ? 'true' : 'false',
    // Whoever reaches workerd's socket writes its own `cf` (a header) and its own address.
    LOCAL_GATEWAY: 'true',
  }
  return { variables, localKey }
}

function readLog(onLog: (line: string) => void) {
  return {
    handleStructuredLogs: ({ message }: { readonly message: string }) => onLog(message),
  }
}

/** A port that is free now; asking for a taken one fails here, with its number in the error. */
function choosePort(port: number, host: string): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(port, host, () => {
      const address = probe.address()
      const chosen = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => resolvePort(chosen))
    })
  })
}

/** The optional peer dependency `miniflare` is not installed. */
export class MiniflareMissing extends Error {
  constructor(options?: ErrorOptions) {
    super('serve needs miniflare', options)
    this.name = 'MiniflareMissing'
  }
}

async function importMiniflare(): Promise<typeof import('miniflare')> {
  try {
    return await import('miniflare')
  } catch (cause) {
    throw new MiniflareMissing({ cause })
  }
}
