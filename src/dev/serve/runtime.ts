/**
 * workerd with the built Worker and its stores, started by Miniflare and started again when it
 * ends: how it is configured, and where it listens. Who may connect to it is `front.ts`' work.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as Miniflare from 'miniflare'
import { RECORD_FLUSH_MILLISECONDS } from '../../core/limits.ts'
import { wait, withDeadline } from '../../web/deadline.ts'
import { findDamage } from '../issuer/damage.ts'
import { MiniflareMissing, type RateLimit } from '../issuer/peer.ts'
import {
  DISPOSE_MILLISECONDS,
  FLUSH_MILLISECONDS,
  MAX_RESTARTS,
  RESTART_WINDOW_MILLISECONDS,
  START_MILLISECONDS,
} from '../limits.ts'
import { describeRateLimiter } from '../production/rate-limiter.ts'
import type { Upstream } from './front.ts'
import { FLUSH_PATH, OWNER_HOST, OWNER_KEY_HEADER, TRUST_OWNER } from './trust-owner.ts'
import { useWorkerdGuard } from './workerd-guard.ts'

export type RuntimeOptions = {
  readonly stateDir: string
  readonly variables: Readonly<Record<string, string>>
  readonly ownerKey: string
  /** By the names of their bindings. */
  readonly rateLimits: Readonly<Record<string, RateLimit>>
  /** Without it, decisions are only logged. The benchmark compares both. True by default. */
  readonly hasDecisionLog?: boolean
  readonly onLog: ((line: string) => void) | undefined
  /** Called once, when workerd is not started again. */
  readonly onFailure: (error: Error) => void
}

export type Runtime = {
  readonly findUpstream: () => Promise<Upstream>
  /** Asks the trust store as the owner of this machine. */
  readonly askOwner: (init?: { method: string; body: string }, path?: string) => Promise<unknown>
  /** Gets the JSON at a URL of the gateway, whatever its status. */
  readonly askWorker: (url: string) => Promise<unknown>
  /**
   * Makes the Worker write the decisions that it holds. Returns how many the log did not accept.
   * Rejects if workerd does not answer.
   */
  readonly flush: () => Promise<number>
  readonly close: () => Promise<void>
}

const require = createRequire(import.meta.url)
const COMPATIBILITY_DATE = '2026-10-20'
const WORKER = 'edgemint'
/** workerd serves the static assets itself, as Cloudflare does. */
const ASSETS = fileURLToPath(new URL('../../assets', import.meta.url))
const TRUST_STORE = { className: 'TrustStore', useSQLite: true }
const DECISION_LOG = { className: 'DecisionLog', useSQLite: true }

export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { Miniflare, convertV4MiniflareOptions, Log, LogLevel } = loadMiniflare()
  const releaseGuard = useWorkerdGuard(options.stateDir)
  const objects = join(options.stateDir, 'objects')
  const restarts = watchRestarts(options)

  /** Its log is the only place where Miniflare reports that workerd ended and did not start again. */
  class RestartLog extends Log {
    override warn(message: string): void {
      if (message.includes('is being restarted')) restarts.awaitStart()
    }

    override error(cause: Error): void {
      restarts.fail(new Error('workerd ended and could not be started again', { cause }))
    }
  }

  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      log: new RestartLog(LogLevel.NONE),
      unsafeHandleRuntimeRestart: restarts.countStart,
      resourcePersistencePath: objects,
      ...readLog(options.onLog),
      workers: describeWorkers(options),
    }),
  )

  async function close(): Promise<void> {
    restarts.stop()
    // Otherwise the last lines of workerd's log would not have arrived.
    await wait(2 * RECORD_FLUSH_MILLISECONDS)
    // Where this takes longer, workerd is gone already or ends with this process.
    await withDeadline(DISPOSE_MILLISECONDS, miniflare.dispose()).catch(() => {})
    releaseGuard()
  }

  try {
    await withDeadline(START_MILLISECONDS, miniflare.ready)
  } catch (cause) {
    // What Miniflare has open would keep this process from ending.
    await close()
    const damage = await findDamage(objects)
    throw new Error(damage ?? 'workerd does not start: what it says is above', { cause })
  }
  // Not through `getWorker`: its first call blocks this thread, which alone reads workerd's log,
  // and workerd stands still once nobody does. Under load at the start, each waited for the other.
  const askOwner: Runtime['askOwner'] = async (init, path = '/') => {
    const headers = { [OWNER_KEY_HEADER]: options.ownerKey }
    const url = `http://${OWNER_HOST}${path}`
    const response = await miniflare.dispatchFetch(url, { ...init, headers })
    if (response.ok) return response.json()
    await response.body?.cancel()
    throw new Error((await findDamage(objects)) ?? 'the trust store does not answer')
  }
  return {
    async findUpstream() {
      const { hostname, port } = await miniflare.unsafeGetDirectURL(WORKER)
      return { host: hostname, port: Number(port) }
    },
    askOwner,
    askWorker: async (url) => (await miniflare.dispatchFetch(url)).json(),
    async flush() {
      if (restarts.hasStopped()) throw new Error('workerd is not running')
      const answer = withDeadline(FLUSH_MILLISECONDS, askOwner(undefined, FLUSH_PATH))
      return ((await answer) as { readonly left: number }).left
    },
    close,
  }
}

/** Counts how often workerd ends, and reports once that it is not started again. */
function watchRestarts({ onLog, onFailure }: Pick<RuntimeOptions, 'onLog' | 'onFailure'>) {
  const restarts: number[] = []
  let timer: NodeJS.Timeout | undefined
  let hasStopped = false

  function stop(): void {
    hasStopped = true
    clearTimeout(timer)
  }

  function fail(error: Error): void {
    if (hasStopped) return
    stop()
    onFailure(error)
  }

  return {
    fail,
    stop,
    hasStopped: () => hasStopped,
    /** Otherwise a restart that never ends would leave every request waiting. */
    awaitStart(): void {
      clearTimeout(timer)
      if (hasStopped) return
      const seconds = START_MILLISECONDS / 1000
      timer = setTimeout(
        () => fail(new Error(`workerd ended and did not start again within ${seconds} seconds`)),
        START_MILLISECONDS,
      )
    },
    countStart(): void {
      clearTimeout(timer)
      const at = Date.now()
      restarts.push(at)
      const recent = restarts.filter((then) => at - then < RESTART_WINDOW_MILLISECONDS)
      if (recent.length <= MAX_RESTARTS) {
        onLog?.('edgemint: workerd ended unexpectedly and was started again')
      } else fail(new Error(`workerd ended ${restarts.length} times and is not started again`))
    },
  }
}

/** The Worker with its stores, the Worker by which the owner asks the stores, and the rate limits. */
function describeWorkers({ variables, ownerKey, rateLimits, hasDecisionLog }: RuntimeOptions) {
  const limiter = describeRateLimiter(rateLimits)
  const decisionLog = hasDecisionLog === false ? {} : { DECISION_LOG }
  return [
    {
      ...workerCode(),
      name: WORKER,
      bindings: { ...variables },
      kvNamespaces: ['REVOCATIONS'],
      serviceBindings: {
        ...limiter.bindings,
        ASSETS: { disk: { path: ASSETS, writable: false } },
      },
      durableObjects: {
        TRUST_STORE,
        REPLAY_LEDGER: { className: 'ReplayLedger', useSQLite: true },
        REVOCATION_LOG: { className: 'RevocationLog', useSQLite: true },
        STATUS_LISTS: { className: 'StatusLists', useSQLite: true },
        TRUST_READER: { className: 'TrustReader', useSQLite: true },
        ...decisionLog,
      },
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    },
    {
      name: 'owner',
      routes: [`${OWNER_HOST}/*`],
      modules: true,
      script: TRUST_OWNER,
      bindings: { OWNER_KEY: ownerKey },
      serviceBindings: { LIFECYCLE: { name: WORKER, entrypoint: 'Lifecycle' } },
      compatibilityDate: COMPATIBILITY_DATE,
      durableObjects: Object.fromEntries(
        Object.entries({ TRUST_STORE, ...decisionLog }).map(([name, of]) => [
          name,
          { ...of, scriptName: WORKER },
        ]),
      ),
    },
    ...limiter.workers,
  ]
}

function workerCode() {
  const path = fileURLToPath(new URL('../../bundle/index.js', import.meta.url))
  return {
    modules: [{ type: 'ESModule' as const, path, contents: readFileSync(path, 'utf8') }],
    modulesRoot: join(path, '..'),
    compatibilityDate: COMPATIBILITY_DATE,
  }
}

function readLog(onLog: ((line: string) => void) | undefined) {
  if (onLog === undefined) return {}
  return {
    handleStructuredLogs({ message }: { readonly message: string }) {
      for (const line of splitRecords(message)) onLog(line)
    },
  }
}

/**
 * Splits records that the Worker wrote at once. Any other message stays whole: a line feed in it may
 * come from a caller, and would forge a record (LOG-02).
 */
function splitRecords(message: string): readonly string[] {
  return message.startsWith('{"event":"') ? message.split('\n') : [message]
}

/** Throws `MiniflareMissing` if the package is not installed. It does not load it. */
export function findMiniflare(): void {
  try {
    require.resolve('miniflare')
  } catch (cause) {
    throw new MiniflareMissing({ cause })
  }
}

/**
 * Loads Miniflare. `import` would compile its large CommonJS file twice, because its package does
 * not name a module format: that takes a tenth of a second more.
 */
function loadMiniflare(): typeof Miniflare {
  findMiniflare()
  return require('miniflare') as typeof Miniflare
}
