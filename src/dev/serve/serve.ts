/**
 * Runs the built Worker on workerd, on one machine, with Durable Objects and KV in a directory that
 * survives a restart. This file connects the claimed directory, the listening socket and workerd. A
 * deployment runs on Cloudflare.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DocumentProblem, RevisionSummary } from '../../contract/admin.ts'
import { DECISION_SHARDS } from '../../contract/limits.ts'
import { PATHS } from '../../protocol/paths.ts'
import { listOwnHosts, reachableUrl } from '../issuer/admission.ts'
import { countConnections } from '../issuer/descriptors.ts'
import type { RateLimit } from '../issuer/peer.ts'
import { HEAD_MILLISECONDS, SILENCE_MILLISECONDS } from '../limits.ts'
import {
  openProduction,
  type Production,
  type ProductionOptions,
  requireCertificate,
  type StopOptions,
} from '../production/production.ts'
import type { Readiness } from '../production/readiness.ts'
import { openFront } from './front.ts'
import { type LocalKey, loadLocalKeys } from './local-keys.ts'
import { type MetricsServer, type OwnerFacts, serveMetrics } from './metrics.ts'
import { replayNotBefore } from './restored.ts'
import { findMiniflare, type Runtime, startRuntime } from './runtime.ts'
import { claimStateDir } from './state-dir.ts'
import { checkStateVersion, writeStateVersion } from './state-version.ts'
import { LIST_UNKEPT, type ObjectWatch, requireObjects, watchObjects } from './stored-objects.ts'
import { COUNTERS_PATH } from './trust-owner.ts'

/** Options of `startGateway`. */
export type GatewayOptions = {
  /** 0, the default, picks a free port. */
  readonly port?: number
  /** 127.0.0.1 by default. An IPv6 address may have brackets. */
  readonly host?: string
  /** Further hosts that requests may name in their `Host` header: `name` or `name:port`. */
  readonly allowHosts?: readonly string[]
  /** The directory of Durable Objects and KV, and of the signing keys if `variables` has none. */
  readonly stateDir: string
  /** The issuer URL to publish; the gateway's own address by default. */
  readonly issuer?: string
  /** Accept `http://` issuers on loopback addresses. */
  readonly localIssuers?: boolean
  /** Variables and secrets of the Worker, as a deployment would have them. */
  readonly variables?: Readonly<Record<string, string>>
  /** The rate limits of a deployment, by the names of its bindings. None by default. */
  readonly rateLimits?: Readonly<Record<string, RateLimit>>
  /**
   * Serves `/metrics` at this port of 127.0.0.1, without a token; 0 picks a free port. Without it,
   * nothing is served.
   */
  readonly metricsPort?: number
  /** Called with each line that the Worker writes to its log. */
  readonly onLog?: (line: string) => void
  /** For a gateway that other machines use: TLS or proxies, `/ready`, and a graceful stop. */
  readonly production?: ProductionOptions
  /** Called with what an operator should know while the gateway runs. */
  readonly onWarning?: (message: string) => void
  /** Called before a state of an older release is migrated. */
  readonly onMigration?: (from: string | undefined) => void
  /**
   * Called before the first request is accepted. Requests wait for it. If it fails, the start
   * fails.
   */
  readonly prepare?: (applyTrust: ApplyTrust) => Promise<void>
}

/** Stores a document (JSON text) as the next revision. */
export type ApplyTrust = (json: string, author: string) => Promise<ApplyResult>

/** Tells whether a document became the next revision. */
export type ApplyResult =
  | { readonly kind: 'stored' | 'unchanged'; readonly summary: RevisionSummary }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] }

/** A gateway that runs on this machine. */
export type LocalGateway = {
  readonly url: string
  readonly issuer: string
  /** Where `/metrics` is served, if anywhere. */
  readonly metricsUrl: string | undefined
  /** The ES256 key of the state directory, if `variables` has no key. */
  readonly localKey: LocalKey | undefined
  readonly applyTrust: ApplyTrust
  /** The current revision of the trust document; 0 before the first. */
  readonly revision: () => Promise<number>
  /** Rejects when workerd ended and is not started again. Never resolves. */
  readonly failed: Promise<never>
  /** What `/ready` answers. Undefined without `production`. */
  readonly readiness: (() => Promise<Readiness>) | undefined
  /** Reads the files of the certificate again. */
  readonly reloadCertificate: () => void
  /** Lets requests end before the gateway is closed. Without `production`, only closes it. */
  readonly stop: (options: StopOptions) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Starts a gateway. Throws `MiniflareMissing` if the optional peer is not installed, and an `Error`
 * if the state directory or the port is in use, or if a database of the state was deleted.
 */
export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  findMiniflare()
  const stateDir = resolve(options.stateDir)
  const version = checkStateVersion(stateDir)
  const { production: asked, issuer: published } = options
  // Otherwise a refused certificate would leave a new directory behind.
  if (asked !== undefined && published !== undefined) requireCertificate(asked, published)
  // A directory of this start, in which workerd has stored nothing.
  let isUnused = !existsSync(stateDir)
  const claim = await claimStateDir(stateDir)
  let listener: Listener | undefined
  let runtime: Runtime | undefined
  let metrics: MetricsServer | undefined
  let watch: ObjectWatch | undefined
  let lostDecisions: number | null = null
  const started = defer<Runtime>()
  const failed = defer<never>()
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeAll()
    return closing
  }
  const closeAll = async () => {
    started.reject(new Error('the gateway is closed'))
    await listener?.close()
    await metrics?.close()
    lostDecisions = (await runtime?.flush().catch(() => null)) ?? null
    await runtime?.close()
    watch?.close()
    // While this process has the claim: afterwards, another gateway may use the directory.
    if (isUnused) rmSync(stateDir, { recursive: true, force: true })
    claim.release()
  }
  try {
    requireObjects(stateDir)
    const findStateWarning = () => (watch?.isKept() === false ? LIST_UNKEPT : undefined)
    listener = await openListener(options, started.promise, findStateWarning)
    const { url, production } = listener
    const host = hostOf(options)
    const issuer = options.issuer ?? url
    const { variables, localKey } = await gatherVariables(options, {
      ...{ stateDir, issuer, host },
      hasSingleLedger: version.hasSingleLedger,
    })
    if (options.metricsPort !== undefined) {
      const path = `${COUNTERS_PATH}?shards=${variables.DECISION_SHARDS ?? DECISION_SHARDS}`
      metrics = await serveMetrics(options.metricsPort, async () => {
        const running = await started.promise
        return (await running.askOwner(undefined, path)) as OwnerFacts
      })
    }
    if (version.kind === 'older') options.onMigration?.(version.release)
    writeStateVersion(stateDir, version)
    isUnused = false
    runtime = await startRuntime({
      stateDir,
      variables: { ...variables, ...production?.variables },
      ownerKey: randomUUID(),
      rateLimits: options.rateLimits ?? {},
      onLog: options.onLog,
      onFailure: failed.reject,
    })
    const { askOwner } = runtime
    const applyTrust: ApplyTrust = async (json, author) =>
      (await askOwner({ method: 'POST', body: JSON.stringify({ json, author }) })) as ApplyResult
    // Accept requests only now: isolates would keep the previous document in memory.
    await options.prepare?.(applyTrust)
    // The trust store has its database only now.
    await askOwner()
    watch = watchObjects(stateDir, {
      onMissing: failed.reject,
      onUnkept: ({ message }) => options.onWarning?.(`${LIST_UNKEPT} (${message})`),
    })
    started.resolve(runtime)
    return {
      url,
      issuer,
      metricsUrl: metrics?.url,
      localKey,
      applyTrust,
      revision: async () => ((await askOwner()) as { revision: number }).revision,
      failed: failed.promise,
      readiness: production?.describeReadiness,
      reloadCertificate: () => production?.reloadCertificate(),
      async stop(limits) {
        const cutRequests = (await production?.endRequests(limits)) ?? 0
        await close()
        options.production?.onEvent({ event: 'stopped', cutRequests, lostDecisions })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

type Listener = {
  readonly url: string
  readonly production: Production | undefined
  readonly close: () => Promise<void>
}

async function openListener(
  options: GatewayOptions,
  started: Promise<Runtime>,
  findStateWarning: () => string | undefined,
): Promise<Listener> {
  const host = hostOf(options)
  const port = options.port ?? 0
  const findUpstream = async () => (await started).findUpstream()
  const { production: asked, issuer } = options
  if (asked !== undefined) {
    if (issuer === undefined) throw new TypeError('a gateway in production needs an issuer URL')
    const askHealth = async () => (await started).askWorker(`${issuer}${PATHS.health}`)
    const production = await openProduction({
      ...asked,
      host,
      port,
      issuer,
      findUpstream,
      askHealth,
      findStateWarning,
    })
    return { url: production.url, production, close: production.close }
  }
  const front = await openFront({
    host,
    port,
    maxConnections: countConnections(),
    headMilliseconds: HEAD_MILLISECONDS,
    silenceMilliseconds: SILENCE_MILLISECONDS,
    findUpstream,
  })
  return { url: reachableUrl(host, front.port), production: undefined, close: front.close }
}

function hostOf({ host = '127.0.0.1' }: GatewayOptions): string {
  return host.replace(/^\[|\]$/g, '')
}

/** Makes a promise to settle later. Its rejection does not have to be handled. */
function defer<Value>() {
  let resolvePromise: (value: Value) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<Value>((onValue, onError) => {
    resolvePromise = onValue
    reject = onError
  })
  promise.catch(() => {})
  return { promise, resolve: resolvePromise, reject }
}

async function gatherVariables(
  options: GatewayOptions,
  {
    stateDir,
    issuer,
    host,
    hasSingleLedger,
  }: { stateDir: string; issuer: string; host: string; hasSingleLedger: boolean },
) {
  const given = options.variables ?? {}
  const hasKey = Object.keys(given).some((name) => name.startsWith('SIGNING_KEY_'))
  if (!hasKey && options.production !== undefined) {
    throw new TypeError('a gateway in production needs a signing key')
  }
  const keys = hasKey ? undefined : await loadLocalKeys(stateDir)
  const hosts = [given.ALLOWED_HOSTS ?? '', ...(options.allowHosts ?? []), ...listOwnHosts(host)]
  const notBefore = replayNotBefore(
    stateDir,
    given.REPLAY_NOT_BEFORE,
    Math.floor(Date.now() / 1000),
  )
  const variables: Record<string, string> = {
    ...given,
    ...(notBefore === undefined ? {} : { REPLAY_NOT_BEFORE: notBefore }),
    ...Object.fromEntries(keys?.map(({ secret, jwk }) => [secret, jwk]) ?? []),
    ISSUER: issuer,
    ALLOWED_HOSTS: hosts.join(' ').trim(),
    LOCAL_ISSUERS: options.localIssuers === true ? 'true' : 'false',
    // A client can forge `cf` (a header here) and its address, so the Worker must not trust them.
    LOCAL_GATEWAY: 'true',
    SINGLE_LEDGER: String(hasSingleLedger),
  }
  return { variables, localKey: keys?.[0] }
}
