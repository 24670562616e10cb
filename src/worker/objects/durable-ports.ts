/**
 * Gives the rest of the Worker plain functions for the Durable Objects. They throw `Unavailable` if
 * an object fails or does not answer in time.
 */
import { REPLAY_SHARDS, STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import {
  type ClaimReplay,
  type IsRevoked,
  type RevokeToken,
  Unavailable,
} from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import type { Env } from '../env.ts'
import type { PublicationFault } from './revocation-log/publication-fault.ts'
import type { IssuerFacts } from './trust-store/issuer-facts.ts'
import type { PutRequest, PutResult, StoredDocument } from './trust-store/trust-messages.ts'

export type TrustDocuments = {
  readonly current: () => Promise<StoredDocument>
  readonly of: (revision: number) => Promise<Uint8Array | null>
  readonly put: (request: PutRequest) => Promise<PutResult>
}

export type RevocationPorts = {
  readonly isRevoked: IsRevoked
  readonly revokeToken: RevokeToken
}

/** Returns the object that keeps the trust document of this deployment. */
export function trustStoreOf(env: Env) {
  return env.TRUST_STORE.getByName('trust')
}

export function revocationLogOf(env: Env) {
  return env.REVOCATION_LOG.getByName('revocations')
}

/** Returns the shard of a key. Keys are hashes, so their first digits spread them evenly. */
function replayLedgerOf(env: Env, key: string) {
  const shard = Number.parseInt(key.slice(0, 8), 16) % REPLAY_SHARDS
  return replayShardOf(env, shard)
}

function replayShardOf(env: Env, shard: number) {
  return env.REPLAY_LEDGER.getByName(`replay-${shard}`)
}

export function createClaimReplay(env: Env): ClaimReplay {
  return ({ key, until }) =>
    orUnavailable('replay_ledger', async () => await replayLedgerOf(env, key).claim(key, until))
}

export function createIssuerFacts(env: Env): () => Promise<IssuerFacts> {
  return () => orUnavailable('trust_store', async () => await trustStoreOf(env).issuerFacts())
}

export function createTrustDocuments(env: Env): TrustDocuments {
  const ask = <T>(call: () => Promise<T>) => orUnavailable('trust_store', call)
  return {
    current: () => ask(async () => await trustStoreOf(env).currentDocument()),
    of: (revision) => ask(async () => await trustStoreOf(env).documentOf(revision)),
    put: (request) => ask(async () => await trustStoreOf(env).putDocument(request)),
  }
}

/** The checks that `/health` makes on each store. They throw `Unavailable`. */
export type StoreProbes = {
  readonly trustStore: () => Promise<void>
  /** Probes one shard. All shards run the same code and differ only in their keys. */
  readonly replayLedger: () => Promise<void>
  readonly revocationLog: () => Promise<{ readonly fault: PublicationFault | null }>
}

export function createStoreProbes(env: Env): StoreProbes {
  return {
    trustStore: () => orUnavailable('trust_store', async () => await trustStoreOf(env).probe()),
    replayLedger: () =>
      orUnavailable('replay_ledger', async () => await replayShardOf(env, 0).probe()),
    revocationLog: () =>
      orUnavailable('revocation_log', async () => await revocationLogOf(env).probe()),
  }
}

export function createRevocationPorts(env: Env): RevocationPorts {
  const ask = <T>(call: () => Promise<T>) => orUnavailable('revocation_log', call)
  return {
    isRevoked: ({ jti, sub, client_id, iat, origin: { iss, sub: originSub } }) => {
      const token = { jti, sub, client_id, iat, origin: { iss, sub: originSub } }
      return ask(async () => await revocationLogOf(env).isRevoked(jti, token))
    },
    revokeToken: (token) => ask(async () => await revocationLogOf(env).revokeToken(token)),
  }
}

async function orUnavailable<T>(part: string, call: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(STORE_TIMEOUT_MILLISECONDS, call())
  } catch (cause) {
    throw new Unavailable(part, { cause })
  }
}
