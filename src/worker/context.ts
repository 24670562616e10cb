/**
 * The types that routes share: bindings, the variables that wrappers set, and the signatures of
 * routes.
 */
import type { Context } from 'hono'
import type { SettingsProblem } from '../contract/settings.ts'
import type { FindMint, TakeStatusIndex } from '../core/issuance.ts'
import type { AdmitSubject, CheckNonce, NewDecisionId } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import type { KeyRing } from '../core/tokens/keyring.ts'
import type { ClaimProof, ClaimReplay, SpendBudget } from '../core/use-ports.ts'
import type { ClaimInMemory } from '../protocol/dpop/proof-memory.ts'
import type { RevocableToken } from '../protocol/revocations.ts'
import type { VerifySignature } from '../web/signature.ts'
import type { DecisionSender } from './caches/decisions/decision-sender.ts'
import type { RecordQueue } from './caches/decisions/record-queue.ts'
import type { RevocationReader } from './caches/revocations/revocation-snapshot.ts'
import type { LoadStatusList } from './caches/status/status-lists.ts'
import type { StoreHealth } from './caches/store-health.ts'
import type { TrustReader } from './caches/trust/trust-snapshot.ts'
import type { SignIn } from './console/provider.ts'
import type { WriteDataPoint } from './data-points.ts'
import type { Env } from './env.ts'
import type { RecordedEvent } from './log.ts'
import type { SendAlert } from './notify/alert-sender.ts'
import type { DecisionShards } from './objects/decision-log/shards.ts'
import type { ReadCounts, RevocationPorts, TrustDocuments } from './objects/durable-ports.ts'
import type { IssuerFacts } from './objects/trust-store/issuer-facts.ts'
import type { SkippedLayers } from './trust-layers/layer/layer.ts'

/** The parts of one isolate. */
export type Gateway = {
  readonly settings: Settings
  readonly keyRing: KeyRing
  /** Undefined if there is no signing key. */
  readonly findMint: FindMint | undefined
  /** Problems of the signing keys. Only `/health` uses them. */
  readonly keyProblems: readonly SettingsProblem[]
  readonly trust: TrustReader
  /** The answers of layers that this isolate did not use. Undefined if there are no layers. */
  readonly skippedLayers: (() => SkippedLayers) | undefined
  readonly verifySignature: VerifySignature
  readonly trustDocuments: TrustDocuments
  readonly revocations: RevocationReader
  readonly revocationLog: RevocationPorts
  readonly storeHealth: StoreHealth
  readonly claimReplay: ClaimReplay
  readonly spendBudget: SpendBudget
  readonly claimProof: ClaimProof
  /** Of proofs for the token endpoint. */
  readonly checkNonce: CheckNonce
  /** Of proofs for the admin API, `/introspect` and `/revoke`. */
  readonly checkCallerNonce: CheckNonce
  /** Undefined if the binding is missing. */
  readonly takeStatusIndex: TakeStatusIndex | undefined
  readonly statusLists: StatusLists | undefined
  /** Of clients behind proxies that use `/verify`. It is the memory of this isolate. */
  readonly claimForwardedProof: ClaimInMemory
  readonly sendAlert: SendAlert
  /** Undefined if no dataset is bound. */
  readonly writeDataPoint: WriteDataPoint | undefined
  /** Decisions and refusals, which are logged after the answer. */
  readonly records: RecordQueue<RecordedEvent>
  /** Sends decisions to the decision log. */
  readonly decisions: DecisionSender
  /** Undefined if the binding is missing. */
  readonly decisionLog: DecisionShards | undefined
  readonly newDecisionId: NewDecisionId
  readonly readCounts: () => Promise<ReadCounts>
  readonly issuerFacts: () => Promise<IssuerFacts>
  readonly admitSubject: AdmitSubject | undefined
  /** Undefined if people cannot sign in. */
  readonly signIn: SignIn | undefined
}

/** The published status lists. Both throw `Unavailable`. */
type StatusLists = {
  readonly load: LoadStatusList
  readonly names: () => Promise<readonly string[]>
}

export type AppEnv = {
  Bindings: Env
  Variables: { gateway: Gateway }
}

export type AppContext = Context<AppEnv>

/**
 * `author` is the subject of the administrator's token, `tokenId` its `jti`, and `caller` what a
 * revocation can name of it.
 */
export type AdminContext = Context<
  AppEnv & {
    Variables: AppEnv['Variables'] & { author: string; tokenId: string; caller: RevocableToken }
  }
>

export type Route = (c: AppContext) => Response | Promise<Response>
export type AdminRoute = (c: AdminContext) => Response | Promise<Response>
