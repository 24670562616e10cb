/**
 * A revocation log with its own clock and its own part of KV, and readers of what it publishes.
 * Tests can make KV lose, hide or damage values.
 */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { IsRevoked } from '../../../src/core/revocation-ports.ts'
import { REVOCATIONS_KEY, type RevocableToken } from '../../../src/protocol/revocations.ts'
import type { SegmentFault } from '../../../src/worker/caches/revocations/revocation-segments.ts'
import { createRevocationSnapshot } from '../../../src/worker/caches/revocations/revocation-snapshot.ts'
import type { RevocationLog } from '../../../src/worker/objects/revocation-log/revocation-log.ts'
import { SET_SIZES, type SetSizes } from '../../../src/worker/objects/revocation-log/set-sizes.ts'

const WORLD_START = Math.floor(Date.now() / 1000)

type Pointer = {
  readonly v: unknown
  readonly sequence: number
  readonly segments?: readonly { readonly digest: string; readonly count: number }[]
  readonly recent?: string
}

export function newWorld(sizes: Partial<SetSizes> = {}) {
  const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
  const prefix = `${crypto.randomUUID()}/`
  const counts = { reads: new Map<string, number>(), writes: [] as string[], questions: 0 }
  const faults: (readonly [string, SegmentFault])[] = []
  const broken = { writes: (_key: string) => false, reads: (_key: string) => false, log: false }
  let at = WORLD_START

  const put = async (key: string, value: string | ArrayBuffer, options?: object) => {
    counts.writes.push(key)
    if (broken.writes(key)) throw new Error('KV is down')
    await env.REVOCATIONS.put(prefix + key, value, options)
  }
  const get = async (key: string, type: 'text' | 'arrayBuffer') => {
    counts.reads.set(key, (counts.reads.get(key) ?? 0) + 1)
    return broken.reads(key) ? null : env.REVOCATIONS.get(prefix + key, type as 'text')
  }
  const inside = <T>(
    work: (instance: RevocationLog, storage: DurableObjectStorage) => T | Promise<T>,
  ): Promise<T> =>
    runInDurableObject(log, async (instance: RevocationLog, { storage }) => {
      Reflect.set(instance, 'env', { ...env, REVOCATIONS: { put } })
      instance.now = () => at
      instance.sizes = { ...SET_SIZES, ...sizes }
      return await work(instance, storage)
    })
  const ask = async <T>(work: (instance: RevocationLog) => T | Promise<T>): Promise<T> => {
    if (broken.log) throw new Error('the log is down')
    return inside(work)
  }
  const kv = { get } as unknown as KVNamespace
  const isRevoked: IsRevoked = (token: RevocableToken) => {
    counts.questions += 1
    return ask((instance) => instance.isRevoked(token.jti, token))
  }
  return {
    log,
    kv,
    counts,
    faults,
    broken,
    inside,
    now: () => at,
    wait: (seconds: number) => {
      at += seconds
    },
    revoke: (jti: string, lifetimeSeconds = 600) =>
      inside((instance) =>
        instance.revokeToken({ jti, expiresAt: at + lifetimeSeconds, by: 'job' }),
      ),
    /** Writes rows for `prefix0` to `prefix<count - 1>`, much faster than that many calls. */
    fill: (count: number, name = 'jti-', lifetimeSeconds = 600) =>
      inside((_, { sql }) => {
        sql.exec(
          `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
           INSERT INTO revocations (grain, id, expires_at, revoked_at, revoked_by)
           SELECT 'token', ? || i, ?, 0, 'job' FROM n`,
          count,
          name,
          at + lifetimeSeconds,
        )
      }),
    publish: () => inside((instance) => instance.alarm()),
    fault: () => inside(async (instance) => (await instance.probe()).fault),
    pointer: async () =>
      (await env.REVOCATIONS.get(prefix + REVOCATIONS_KEY, 'json')) as Pointer | null,
    stored: (key: string) => env.REVOCATIONS.get(prefix + key, 'arrayBuffer'),
    plant: (key: string, value: string | Uint8Array) => env.REVOCATIONS.put(prefix + key, value),
    /** A separate isolate that reads what is published. */
    newReader: () =>
      createRevocationSnapshot({
        kv,
        pointer: () => ask((instance) => instance.pointer()),
        segment: (digest) => ask((instance) => instance.segment(digest)),
        isRevoked,
        findCoarse: (names) => ask((instance) => instance.findCoarse(names)),
        report: (digest, fault) => faults.push([digest, fault]),
      }),
  }
}

/** The segments that KV was asked for, or to which it was written. */
export function segmentsOf(keys: Iterable<string>): readonly string[] {
  return [...keys].filter((key) => key !== REVOCATIONS_KEY)
}
