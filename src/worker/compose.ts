/**
 * Assembles the parts of one isolate. Settings and keys are read once, and stores get their
 * bindings. Only this file keeps state between requests, so no data of one request reaches another
 * (WRK-01). It keeps only settled values: the platform cancels a promise with the request that
 * started it (WRK-02).
 */

import type { SettingsProblem } from '../contract/settings.ts'
import { listSigningKeys, loadKeys, readSettings, type Settings } from '../core/settings.ts'
import { createTokenMint } from '../core/tokens/issue.ts'
import { createProofMemory } from '../protocol/dpop/proof-memory.ts'
import { ok, type Result } from '../web/result.ts'
import { createSignatureVerifier } from '../web/signature.ts'
import { createDecisionSender } from './caches/decisions/decision-sender.ts'
import { createRecordQueue, type RecordQueue } from './caches/decisions/record-queue.ts'
import {
  createNearestRevocations,
  type NearestRevocations,
} from './caches/revocations/nearest-revocations.ts'
import { createRevocationSnapshot } from './caches/revocations/revocation-snapshot.ts'
import { createStatusIndexes } from './caches/status/status-indexes.ts'
import { createStatusLists } from './caches/status/status-lists.ts'
import { createStoreHealth } from './caches/store-health.ts'
import { createTrustSnapshot } from './caches/trust/trust-snapshot.ts'
import { createSignIn } from './console/provider.ts'
import type { Gateway } from './context.ts'
import { createWriteDataPoint } from './data-points.ts'
import type { Env } from './env.ts'
import { readRegion } from './http/connection/connection.ts'
import { createAdmitSubject } from './http/rate-limits.ts'
import { createDecisionIds, newTokenId } from './ids.ts'
import { MAX_REMEMBERED_PROOFS } from './limits.ts'
import { log, logAll, type RecordedEvent } from './log.ts'
import { createAlertSender } from './notify/alert-sender.ts'
import { chooseShard, createDecisionShards } from './objects/decision-log/shards.ts'
import {
  createClaimProof,
  createClaimReplay,
  createIssuerFacts,
  createReadCounts,
  createReadPointer,
  createRevocationPorts,
  createSpendBudget,
  createStoreProbes,
  createTrustDocuments,
  revocationLogOf,
  trustStoreOf,
} from './objects/durable-ports.ts'
import { createStatusPorts } from './objects/status-ports.ts'
import { deriveMacKey } from './proofs/derive-key.ts'
import { createNonceCheck } from './proofs/nonces.ts'
import { type OwnHosts, readOwnHosts } from './routing/check-host.ts'
import { createDataCentre } from './trust-layers/layer/data-centre.ts'
import { createRegion } from './trust-layers/layer/region.ts'
import { createSeal } from './trust-layers/layer/seal.ts'
import { createLayeredStore, type LayeredStore } from './trust-layers/layered-store.ts'
import type { KnownSnapshot } from './trust-layers/trust-messages.ts'

export type Composition = Result<Gateway, readonly SettingsProblem[]>

/** Returns the current time in whole epoch seconds. */
export function readClock(): number {
  return Math.floor(Date.now() / 1000)
}

/** Of the isolate: its requests share the log, whatever their bindings are. */
export const records: RecordQueue<RecordedEvent> = createRecordQueue({
  write: logAll,
  now: Date.now,
})

let ownHosts: { readonly env: Env; readonly hosts: OwnHosts } | undefined

/** Returns the hosts of the deployment. They are needed before, and without, its other parts. */
export function getOwnHosts(env: Env): OwnHosts {
  if (ownHosts?.env !== env) ownHosts = { env, hosts: readOwnHosts(env) }
  return ownHosts.hosts
}

let composed: { readonly env: Env; readonly composition: Composition } | undefined

/**
 * Returns the isolate's parts. If two first requests run at the same time, both assemble the parts,
 * and the first complete set is kept. This costs a little work, and no request awaits the promise
 * of another. The place of the first request chooses the region whose reader the isolate asks, and
 * its shard of the decision log.
 */
export function getComposition(env: Env, request: Request): Composition | Promise<Composition> {
  return composed?.env === env ? composed.composition : compose(env, request)
}

/** Writes the decisions and log records that this isolate holds. Returns how many are left. */
export async function flushIsolate(): Promise<number> {
  records.flush()
  return composed?.composition.ok ? await composed.composition.value.decisions.flush() : 0
}

async function compose(env: Env, request: Request): Promise<Composition> {
  const composition = await buildGateway(env, request)
  if (composed?.env === env) return composed.composition
  composed = { env, composition }
  return composition
}

async function buildGateway(env: Env, request: Request): Promise<Composition> {
  const loaded = readSettings(env)
  if (!loaded.ok) return loaded
  const settings = loaded.value
  const keys = await loadKeys(env)
  const revocationLog = createRevocationPorts(env)
  const layers = await createLayers(env, settings, request)
  const decisionLog = createDecisionShards(env.DECISION_LOG, settings.decisions.shards)
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  const shard = chooseShard(settings.decisions.shards, readRegion(request, env), random)
  const status = createStatusPorts(env, settings.ceilings.maxTokenLifetimeSeconds)
  const trust = createTrustSnapshot({
    store: {
      snapshotSince: layers?.trust.snapshotSince ?? askStore(env),
      refreshKeys: layers?.trust.refreshKeys ?? askForKeys(env),
    },
    ceilings: settings.ceilings,
    policy: settings.policy,
    maxStaleSeconds: settings.trustMaxStaleSeconds,
    clock: readClock,
    reportFaulty: (faulty) => log({ event: 'trust_document_faulty', at: readClock(), ...faulty }),
  })
  return ok({
    settings,
    keyRing: keys.ring,
    findMint: createTokenMint(keys.ring, newTokenId),
    keyProblems: keys.problems,
    trust,
    skippedLayers: layers?.trust.skipped,
    verifySignature: createSignatureVerifier(),
    trustDocuments: createTrustDocuments(env),
    revocations: createRevocationSnapshot({
      kv: env.REVOCATIONS,
      pointer: createReadPointer(env),
      segment: async (digest) => await revocationLogOf(env).segment(digest),
      isRevoked: revocationLog.isRevoked,
      findCoarse: revocationLog.findCoarse,
      nearest: layers?.revocations,
      report: (digest, fault) =>
        log({ event: 'revocation_segment_unusable', at: readClock(), digest, fault }),
    }),
    revocationLog,
    storeHealth: createStoreHealth(createStoreProbes(env, decisionLog, shard)),
    claimReplay: createClaimReplay(env),
    spendBudget: createSpendBudget(env),
    claimProof: createClaimProof(env),
    checkNonce: await createNonces(env, settings, 'token'),
    checkCallerNonce: await createNonces(env, settings, 'caller'),
    takeStatusIndex: status && createStatusIndexes(status.lease, readClock),
    statusLists: status && {
      names: status.names,
      load: createStatusLists({
        ...status,
        gatewayIssuer: settings.issuer,
        keyRing: keys.ring,
        now: readClock,
      }),
    },
    claimForwardedProof: createProofMemory(MAX_REMEMBERED_PROOFS),
    sendAlert: createAlertSender({
      url: settings.alerts.webhookUrl,
      gatewayIssuer: settings.issuer,
      loadKeyRing: () => keys.ring,
      newTokenId,
      now: Date.now,
    }),
    records,
    decisions: createDecisionSender({
      shard,
      gatewayIssuer: settings.issuer,
      claims: settings.decisions.claims,
      append: decisionLog?.append,
      takeRefused: trust.takeRefused,
      now: Date.now,
    }),
    decisionLog,
    newDecisionId: createDecisionIds(shard),
    writeDataPoint: createWriteDataPoint(env.METRICS),
    readCounts: createReadCounts(decisionLog),
    issuerFacts: createIssuerFacts(env),
    admitSubject: createAdmitSubject(env),
    signIn: createSignIn(settings, readClock),
  })
}

function askStore(env: Env) {
  return async (known: KnownSnapshot) => await trustStoreOf(env).snapshotSince(known)
}

function askForKeys(env: Env) {
  return async (source: string, keyId?: string, rejected?: number) =>
    await trustStoreOf(env).refreshKeys(source, keyId, rejected)
}

/** A nonce of one endpoint is none of another (DP-23). */
async function createNonces(env: Env, { issuer, proofs }: Settings, endpoint: 'token' | 'caller') {
  const secrets = listSigningKeys(env).map(({ value }) => value)
  const key = await deriveMacKey(secrets, issuer, `edgemint dpop nonce v1 ${endpoint}`)
  return createNonceCheck({ key, isRequired: proofs.nonce === 'required' })
}
type Layers = { readonly trust: LayeredStore; readonly revocations: NearestRevocations }

/** Undefined without a reader. Without a signing key, nothing is kept in the data centre. */
async function createLayers(
  env: Env,
  { issuer }: Settings,
  request: Request,
): Promise<Layers | undefined> {
  const region = createRegion(env, request.cf)
  if (region === undefined) return undefined
  const secrets = listSigningKeys(env).map(({ value }) => value)
  const seal = await createSeal(secrets, issuer)
  const dataCentre = seal && createDataCentre({ seal })
  const trust = createLayeredStore({
    store: askStore(env),
    refreshKeys: askForKeys(env),
    dataCentre,
    region,
    kv: env.REVOCATIONS,
    clock: readClock,
    random: Math.random,
  })
  const log = createReadPointer(env)
  const revocations = createNearestRevocations({ dataCentre, region, log, now: Date.now })
  return { trust, revocations }
}
