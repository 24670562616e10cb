/**
 * Gives the rest of the Worker plain functions for the Durable Objects. They throw `Unavailable` if
 * an object fails or does not answer in time.
 */
import type { KeptRevision } from '../../contract/admin.ts'
import type { TrustHistory } from '../../contract/backup/history.ts'
import { STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import type { IsRevoked, RevokeToken } from '../../core/revocation-ports.ts'
import type { ClaimProof, ClaimReplay, SpendBudget } from '../../core/use-ports.ts'
import { type CoarseBound, type CoarseName, lineageOf } from '../../protocol/revocations.ts'
import { withDeadline } from '../../web/deadline.ts'
import type { Env } from '../env.ts'
import {
  type ImportRequest,
  type PutRequest,
  type PutResult,
  type StoredDocument,
  TRUST_STORE_NAME,
} from '../trust-layers/trust-messages.ts'
import { type IssuerCounts, sumIssuerCounts } from './decision-log/counters/issuer-counts.ts'
import { checkShards, type DecisionLogHealth } from './decision-log/shard-health.ts'
import { type DecisionShards, listReachable } from './decision-log/shards.ts'
import { nameReplayShard } from './replay-ledger/shards.ts'
import type { CoarseRevocation, CoarseRow } from './revocation-log/coarse-rows.ts'
import type { CopiedRow, CopiedRows } from './revocation-log/copy-rows.ts'
import { REVOCATION_LOG_NAME } from './revocation-log/follow.ts'
import type { PublicationFault } from './revocation-log/publication-state.ts'
import type { StoredIssuerKeys } from './trust-store/history.ts'
import type { IssuerFacts } from './trust-store/issuer-facts.ts'

export type TrustDocuments = {
  readonly current: () => Promise<StoredDocument>
  readonly of: (revision: number) => Promise<Uint8Array | null>
  readonly put: (request: PutRequest) => Promise<PutResult>
  /** False if the store has a revision. */
  readonly stage: (revision: number, bytes: Uint8Array) => Promise<boolean>
  readonly importHistory: (request: ImportRequest, history: TrustHistory) => Promise<PutResult>
  readonly storedKeys: (after: string) => Promise<readonly StoredIssuerKeys[]>
  /** The revisions before a number, newest first. */
  readonly revisions: (limit: number, before?: number) => Promise<readonly KeptRevision[]>
}

export type RevocationPorts = {
  readonly isRevoked: IsRevoked
  readonly revokeToken: RevokeToken
  /** Null if the moment is in the future. */
  readonly revokeCoarse: (request: CoarseRevocation) => Promise<CoarseRow | null>
  /** Null if issuing is not stopped. */
  readonly liftCoarse: (request: Omit<CoarseRevocation, 'before'>) => Promise<CoarseRow | null>
  readonly findCoarse: (names: readonly CoarseName[]) => Promise<readonly CoarseBound[]>
  readonly list: () => Promise<{ readonly coarse: readonly CoarseRow[]; readonly tokens: number }>
  readonly exportRows: (after: number) => Promise<CopiedRows>
  readonly importRows: (rows: readonly CopiedRow[]) => Promise<number>
}

/** Returns the object that keeps the trust document of this deployment. */
export function trustStoreOf(env: Env) {
  return env.TRUST_STORE.getByName(TRUST_STORE_NAME)
}

export function revocationLogOf(env: Env) {
  return env.REVOCATION_LOG.getByName(REVOCATION_LOG_NAME)
}

/** Returns the shard of the ledger that has a key. */
function replayLedgerOf(env: Env, key: string) {
  return env.REPLAY_LEDGER.getByName(nameReplayShard(key, env))
}

export function createClaimReplay(env: Env): ClaimReplay {
  return ({ key, until }) =>
    orUnavailable('replay_ledger', async () => await replayLedgerOf(env, key).claim(key, until))
}

/** Makes one request: to the shard of the mark if there is one, which asks the shard of the job. */
export function createSpendBudget(env: Env): SpendBudget {
  return ({ mark, ...count }) =>
    orUnavailable('replay_ledger', async () => {
      if (mark === undefined) return await replayLedgerOf(env, count.key).count(count)
      return await replayLedgerOf(env, mark.key).spend(mark, count)
    })
}

/** Makes one request: to the shard of the proof, which asks the shard of the token or of the job. */
export function createClaimProof(env: Env): ClaimProof {
  return ({ proof, mark, count }) =>
    orUnavailable(
      'replay_ledger',
      async () => await replayLedgerOf(env, proof.key).claimProof(proof, mark, count),
    )
}

export function createIssuerFacts(env: Env): () => Promise<IssuerFacts> {
  return () => orUnavailable('trust_store', async () => await trustStoreOf(env).issuerFacts())
}

/** The counts of all shards. `incomplete`: a shard did not answer. `off`: no decision log. */
export type ReadCounts = IssuerCounts & { readonly state: 'on' | 'off' | 'incomplete' }

export function createReadCounts(log: DecisionShards | undefined): () => Promise<ReadCounts> {
  return async () => {
    if (log === undefined) return { ...sumIssuerCounts([]), state: 'off' }
    const { shards, isComplete } = await listReachable(log)
    const answers = await Promise.allSettled(shards.map(log.issuerCounts))
    const counts = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    )
    const state = isComplete && counts.length === shards.length ? 'on' : 'incomplete'
    return { ...sumIssuerCounts(counts), state }
  }
}

export function createTrustDocuments(env: Env): TrustDocuments {
  const ask = <T>(call: () => Promise<T>) => orUnavailable('trust_store', call)
  return {
    current: () => ask(async () => await trustStoreOf(env).currentDocument()),
    of: (revision) => ask(async () => await trustStoreOf(env).documentOf(revision)),
    put: (request) => ask(async () => await trustStoreOf(env).putDocument(request)),
    stage: (revision, bytes) =>
      ask(async () => await trustStoreOf(env).stageDocument(revision, bytes)),
    importHistory: (request, history) =>
      ask(async () => await trustStoreOf(env).importHistory(request, history)),
    storedKeys: (after) => ask(async () => await trustStoreOf(env).storedKeys(after)),
    revisions: (limit, before) => ask(async () => await trustStoreOf(env).revisions(limit, before)),
  }
}

/** The checks that `/health` makes on each store. They throw `Unavailable`. */
export type StoreProbes = {
  readonly trustStore: () => Promise<void>
  /** Probes one shard. All shards run the same code and differ only in their keys. */
  readonly replayLedger: () => Promise<void>
  readonly revocationLog: () => Promise<{ readonly fault: PublicationFault | null }>
  /** Undefined if the binding is missing. Never throws. */
  readonly decisionLog: (() => Promise<DecisionLogHealth>) | undefined
}

/** `shard` is that of the isolate. */
export function createStoreProbes(
  env: Env,
  decisionLog: DecisionShards | undefined,
  shard: number,
): StoreProbes {
  return {
    trustStore: () => orUnavailable('trust_store', async () => await trustStoreOf(env).probe()),
    replayLedger: () =>
      orUnavailable('replay_ledger', async () => await replayLedgerOf(env, '00000000').probe()),
    revocationLog: () =>
      orUnavailable('revocation_log', async () => await revocationLogOf(env).probe()),
    decisionLog: decisionLog === undefined ? undefined : () => checkShards(decisionLog, shard),
  }
}

export function createRevocationPorts(env: Env): RevocationPorts {
  const ask = <T>(call: () => Promise<T>) => orUnavailable('revocation_log', call)
  return {
    // One question for each ancestor: during a deployment, the log may run an earlier release, which
    // knows no ancestors.
    isRevoked: async (token) => {
      const answers = lineageOf(token).map((one) =>
        ask(async () => await revocationLogOf(env).isRevoked(one.jti, one)),
      )
      return (await Promise.all(answers)).includes(true)
    },
    revokeToken: (token) => ask(async () => await revocationLogOf(env).revokeToken(token)),
    revokeCoarse: (request) => ask(async () => await revocationLogOf(env).revokeCoarse(request)),
    liftCoarse: (request) => ask(async () => await revocationLogOf(env).liftCoarse(request)),
    findCoarse: (names) => ask(async () => await revocationLogOf(env).findCoarse(names)),
    list: () => ask(async () => await revocationLogOf(env).list()),
    exportRows: (after) => ask(async () => await revocationLogOf(env).exportRows(after)),
    importRows: (rows) => ask(async () => await revocationLogOf(env).importRows(rows)),
  }
}

/** Returns the pointer of the log. During a deployment, the log may run an earlier release. */
export function createReadPointer(env: Env): () => Promise<unknown> {
  return async () => {
    const log = revocationLogOf(env)
    try {
      return await log.pointer()
    } catch {
      return await log.published()
    }
  }
}

export async function orUnavailable<T>(part: string, call: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(STORE_TIMEOUT_MILLISECONDS, call())
  } catch (cause) {
    throw new Unavailable(part, { cause })
  }
}
