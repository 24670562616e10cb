/** The types that every route shares: bindings, what a wrapper put in place, and routes. */
import type { Context } from 'hono'
import type { SettingsProblem } from '../contract/settings.ts'
import type { AdmitSubject, ClaimReplay, FindMint } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import type { KeyRing } from '../core/tokens/keyring.ts'
import type { CountDecision } from './caches/decision-counts.ts'
import type { RevocationReader } from './caches/revocation-snapshot.ts'
import type { StoreHealth } from './caches/store-health.ts'
import type { TrustReader } from './caches/trust-snapshot.ts'
import type { Env } from './env.ts'
import type { RevocationPorts, TrustDocuments } from './objects/durable-ports.ts'
import type { IssuerFacts } from './objects/trust-store/issuer-facts.ts'

/** One isolate's working parts. */
export type Gateway = {
  readonly settings: Settings
  readonly keyRing: KeyRing
  /** Undefined while there is no signing key. */
  readonly findMint: FindMint | undefined
  /** What is wrong with the signing keys: `/health` names it, nothing else changes. */
  readonly keyProblems: readonly SettingsProblem[]
  readonly trust: TrustReader
  readonly trustDocuments: TrustDocuments
  readonly revocations: RevocationReader
  readonly revocationLog: RevocationPorts
  readonly storeHealth: StoreHealth
  readonly claimReplay: ClaimReplay
  readonly countDecision: CountDecision
  readonly issuerFacts: () => Promise<IssuerFacts>
  readonly admitSubject: AdmitSubject | undefined
}

export type AppEnv = {
  Bindings: Env
  Variables: { gateway: Gateway }
}

export type AppContext = Context<AppEnv>

/** `author` is the subject of the administrator's token. */
export type AdminContext = Context<AppEnv & { Variables: AppEnv['Variables'] & { author: string } }>

export type Route = (c: AppContext) => Response | Promise<Response>
export type AdminRoute = (c: AdminContext) => Response | Promise<Response>
