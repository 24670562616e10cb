/**
 * The bindings and variables that the platform gives the Worker, as wrangler.toml declares them.
 */
import type { SettingName } from '../contract/settings.ts'
import type { DecisionLog } from './objects/decision-log/decision-log.ts'
import type { ReplayLedger } from './objects/replay-ledger/replay-ledger.ts'
import type { ReplayPlacement } from './objects/replay-ledger/shards.ts'
import type { RevocationLog } from './objects/revocation-log/revocation-log.ts'
import type { StatusLists } from './objects/status-lists/status-lists.ts'
import type { TrustReader } from './objects/trust-reader/trust-reader.ts'
import type { TrustStore } from './objects/trust-store/trust-store.ts'

/** Settings are text that `parseSettings` reads. Signing keys are variables with other names. */
export type Env = ReplayPlacement & { readonly [N in SettingName]?: string } & {
  readonly TRUST_STORE: DurableObjectNamespace<TrustStore>
  readonly REPLAY_LEDGER: DurableObjectNamespace<ReplayLedger>
  readonly REVOCATION_LOG: DurableObjectNamespace<RevocationLog>
  readonly REVOCATIONS: KVNamespace
  /** If absent, decisions are only logged, and resources with `audit: strict` get no token. */
  readonly DECISION_LOG?: DurableObjectNamespace<DecisionLog>
  /** If bound, the decision log is exported to it before anything is purged. */
  readonly DECISIONS_BUCKET?: R2Bucket
  /** If bound, each decision is written to it as a data point. */
  readonly METRICS?: AnalyticsEngineDataset
  /** If absent, resources with `status_list` get no token. */
  readonly STATUS_LISTS?: DurableObjectNamespace<StatusLists>
  /** If absent, every isolate asks the trust store itself. */
  readonly TRUST_READER?: DurableObjectNamespace<TrustReader>
  /**
   * The files of `dist/assets`. If absent, the paths that serve them answer 503, and `/health` reports
   * that.
   */
  readonly ASSETS?: Fetcher
  /** If absent, requests are not limited by address. */
  readonly RATE_LIMIT_ADDRESS?: RateLimit
  /** Of `serve --production`: the key that its front puts before what it says of a connection. */
  readonly FRONT_KEY?: string
  /** If absent, exchanges are not limited by issuer and subject. */
  readonly RATE_LIMIT_SUBJECT?: RateLimit
}

/**
 * Whether this Worker runs without Cloudflare's edge in front of it. This reads the variable
 * directly, because it runs before the settings are parsed. If the value is neither `true` nor
 * `false`, the settings are invalid and the exchange is not served.
 */
export function isLocalGateway(env: Pick<Env, 'LOCAL_GATEWAY'>): boolean {
  return env.LOCAL_GATEWAY === 'true'
}
