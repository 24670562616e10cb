/** What the platform gives the Worker: bindings, as wrangler.toml declares them, and variables. */
import type { SettingName } from '../contract/settings.ts'
import type { ReplayLedger } from './objects/replay-ledger/replay-ledger.ts'
import type { RevocationLog } from './objects/revocation-log/revocation-log.ts'
import type { TrustStore } from './objects/trust-store/trust-store.ts'

/** Every setting is text that `parseSettings` reads. The signing keys have names of their own. */
export type Env = { readonly [N in SettingName]?: string } & {
  readonly TRUST_STORE: DurableObjectNamespace<TrustStore>
  readonly REPLAY_LEDGER: DurableObjectNamespace<ReplayLedger>
  readonly REVOCATION_LOG: DurableObjectNamespace<RevocationLog>
  readonly REVOCATIONS: KVNamespace
  /** Absent: no limit by address. */
  readonly RATE_LIMIT_ADDRESS?: RateLimit
  /** Absent: no limit by issuer and subject. */
  readonly RATE_LIMIT_SUBJECT?: RateLimit
}

/**
 * Whether no edge of Cloudflare is in front of this Worker. Needs no settings: it is asked before
 * they are read, and with any value but `true` and `false` nothing is served.
 */
export function isLocalGateway(env: Pick<Env, 'LOCAL_GATEWAY'>): boolean {
  return env.LOCAL_GATEWAY === 'true'
}
