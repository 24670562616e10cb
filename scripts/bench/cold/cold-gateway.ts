/**
 * A gateway on a workerd of its own whose trust store is already running: the first request is the
 * first one of the gateway's isolate.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { useWorkerdGuard, workerdPidFile } from '../../../dist/dev/serve/workerd-guard.js'
import { GATEWAY_URL } from '../fixtures.ts'
import { COMPATIBILITY_DATE, HOST, type Server } from '../servers.ts'
import { MEASURED_STORE, STORE_HOST, type StoreCounts } from './measured-store.ts'

export type ColdGateway = Server & {
  readonly counts: () => Promise<StoreCounts>
  /** Stores a document. It is compiled in this process of workerd. */
  readonly put: (trust: object) => Promise<void>
  /** From now on, the store has a new revision: the other one of the two newest documents. */
  readonly change: () => Promise<void>
  /** Where the inspector listens, if there is one. */
  readonly findInspector: () => Promise<string>
}

export type ColdGatewayOptions = {
  /** The store keeps its documents here between two starts. */
  readonly stateDir: string
  readonly key: string
  readonly withInspector?: boolean
  /** A module around that of the gateway, `index.js`. */
  readonly entry?: string
  /** Whether the replay ledger answers without a write. */
  readonly withIdleLedger?: boolean
  /** Without it, decisions are only logged. `idle`: the shards answer without a write. */
  readonly decisionLog?: 'idle' | 'real'
}

/** The name of the Worker. */
export const GATEWAY = 'gateway'
const BUNDLE = join(import.meta.dirname, '../../../dist/bundle/index.js')
/** What runs at the start of workerd and of the store has ended after this time. */
const SETTLE_MILLISECONDS = 300

function moduleOf(path: string, contents: string) {
  return { type: 'ESModule' as const, path, contents }
}

export async function startColdGateway(options: ColdGatewayOptions): Promise<ColdGateway> {
  const { stateDir, key, withInspector = false, entry } = options
  const ledger = options.withIdleLedger ? 'IdleLedger' : 'ReplayLedger'
  const shard = options.decisionLog === 'idle' ? 'IdleDecisionLog' : 'DecisionLog'
  mkdirSync(stateDir, { recursive: true })
  const releaseGuard = useWorkerdGuard(stateDir)
  const bundle = moduleOf('/index.js', readFileSync(BUNDLE, 'utf8'))
  const object = (className: string, scriptName?: string) => ({
    className,
    useSQLite: true,
    // workerd would end an object that compiles for ten seconds, and the counts with it.
    unsafePreventEviction: true,
    ...(scriptName === undefined ? {} : { scriptName }),
  })
  const objects = (scriptName?: string) => ({
    TRUST_STORE: object('MeasuredStore', scriptName),
    REPLAY_LEDGER: object(ledger, scriptName),
    REVOCATION_LOG: object('RevocationLog', scriptName),
    ...(options.decisionLog === undefined ? {} : { DECISION_LOG: object(shard, scriptName) }),
  })
  const bindings = {
    ISSUER: GATEWAY_URL,
    ALLOWED_HOSTS: HOST,
    LOCAL_ISSUERS: 'true',
    LOCAL_GATEWAY: 'true',
    TRUST_MAX_RULES: '100000',
    SIGNING_KEY_BENCH: key,
  }
  const shared = { modulesRoot: '/', compatibilityDate: COMPATIBILITY_DATE, bindings }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: HOST,
      port: 0,
      cf: false,
      ...(withInspector ? { inspectorPort: 0 } : {}),
      resourcePersistencePath: join(stateDir, 'objects'),
      // The record of each decision is written and read; it is only not shown.
      handleStructuredLogs: () => undefined,
      workers: [
        {
          ...shared,
          name: GATEWAY,
          modules: entry === undefined ? [bundle] : [moduleOf('/entry.js', entry), bundle],
          kvNamespaces: ['REVOCATIONS'],
          durableObjects: objects('store'),
          unsafeDirectSockets: [{ host: HOST, port: 0 }],
        },
        {
          ...shared,
          name: 'store',
          routes: [`${STORE_HOST}/*`],
          modules: [moduleOf('/store.js', MEASURED_STORE), bundle],
          kvNamespaces: ['REVOCATIONS'],
          durableObjects: objects(),
        },
      ],
    }),
  )
  await miniflare.ready
  const ask = async (path: string, init?: { method: string; body: string }) => {
    const response = await miniflare.dispatchFetch(`http://${STORE_HOST}${path}`, init)
    if (!response.ok) throw new Error(`the store answered ${response.status}`)
    return response.json()
  }
  // Starts the store.
  await ask('/counts')
  await wait(SETTLE_MILLISECONDS)
  const { hostname, port } = await miniflare.unsafeGetDirectURL(GATEWAY)
  return {
    host: hostname,
    port: Number(port),
    pid: Number(readFileSync(workerdPidFile(stateDir), 'utf8')),
    counts: async () => (await ask('/counts')) as StoreCounts,
    async put(trust) {
      const body = JSON.stringify(trust)
      const result = (await ask('/put', { method: 'POST', body })) as { readonly kind: string }
      if (result.kind !== 'stored') throw new Error(`the store answered ${JSON.stringify(result)}`)
    },
    async change() {
      await ask('/change')
    },
    findInspector: async () => (await miniflare.getInspectorURL()).host,
    async close() {
      await miniflare.dispose()
      releaseGuard()
    },
  }
}
