/**
 * The trust store in memory. It answers like `TrustStore`: the contract
 * `test/contracts/trust-distribution.ts` runs on both. It keeps the times of all changes, so that
 * the simulation knows what a decision did not know.
 */
import { createHash } from 'node:crypto'
import type { PublicKey } from '../../../src/core/keys/issuer-keys.ts'
import { KEY_COOLDOWN_SECONDS } from '../../../src/core/limits.ts'
import type { TrustPointer } from '../../../src/worker/trust-layers/pointer.ts'
import type {
  KeyAnswer,
  KeyDelta,
  KnownSnapshot,
  SentKeys,
  SnapshotDelta,
} from '../../../src/worker/trust-layers/trust-messages.ts'

export type TrustStoreModel = {
  readonly snapshotSince: (known: KnownSnapshot) => SnapshotDelta
  readonly refreshKeys: (
    source: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | null>
  readonly pointer: () => TrustPointer
  readonly keysAfter: (known: number, instance?: string) => KeyDelta
  readonly content: (digest: string) => Uint8Array | null
  /** Stores the next revision. It is acknowledged when this returns. */
  readonly putDocument: (bytes: Uint8Array) => number
  /** Fetches the key set of an issuer now. */
  readonly fetchKeys: (source: string) => Promise<void>
  readonly revision: () => number
  /** Returns the number of changes of the document and the keys so far. */
  readonly changes: () => number
  /** When a revision was acknowledged, in epoch milliseconds. */
  readonly acknowledgedAt: (revision: number) => number | undefined
  /** When a version of a key set was stored, in epoch milliseconds. */
  readonly versionAt: (source: string, version: number) => number | undefined
}

export type TrustStoreOptions = {
  readonly nowMilliseconds: () => number
  readonly sources: readonly string[]
  /** Fetches the key ids that an issuer publishes. */
  readonly fetch: (source: string) => Promise<readonly string[]>
}

type Row = {
  keys: readonly PublicKey[]
  version: number
  fetchedAt: number | null
  /** The epochs of the last fetch and of the last change of the keys. */
  epoch: number
  keysEpoch: number
  askedAt: number
  flight: Promise<void> | undefined
  readonly versions: Map<number, number>
}

/** The model is never started again. */
const INSTANCE = 'simulated'

function keyOf(kid: string): PublicKey {
  return { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid, alg: 'ES256' }
}

export function createTrustStoreModel(options: TrustStoreOptions): TrustStoreModel {
  const { nowMilliseconds, sources } = options
  const rows = new Map<string, Row>(sources.map((source) => [source, newRow()]))
  const acknowledged: number[] = []
  let bytes: Uint8Array | undefined
  let document: string | null = null
  let keyEpoch = 0
  let changes = 0
  const now = () => Math.floor(nowMilliseconds() / 1000)

  async function fetchAndStore(source: string, row: Row): Promise<void> {
    const kids = await options.fetch(source)
    const isSame = kids.join() === row.keys.map(({ kid }) => kid).join()
    keyEpoch += 1
    row.epoch = keyEpoch
    row.fetchedAt = now()
    if (isSame) return
    row.keys = kids.map(keyOf)
    changes += 1
    row.version += 1
    row.keysEpoch = keyEpoch
    row.versions.set(row.version, nowMilliseconds())
  }

  async function fetchKeys(source: string): Promise<void> {
    const row = rows.get(source)
    if (row === undefined) return
    row.flight ??= fetchAndStore(source, row).finally(() => {
      row.flight = undefined
    })
    await row.flight
  }

  function mayFetch({ fetchedAt, askedAt }: Row): boolean {
    return fetchedAt === null || now() - askedAt >= KEY_COOLDOWN_SECONDS
  }

  function answer(row: Row, keyId?: string, rejected?: number): KeyAnswer | null {
    const { keys, version, fetchedAt } = row
    if (fetchedAt === null) return null
    const has = keyId === undefined || keys.some(({ kid }) => kid === keyId)
    if (has && version !== rejected) return { keys, version, fetchedAt }
    const quietSeconds = mayFetch(row) ? 0 : row.askedAt + KEY_COOLDOWN_SECONDS - now()
    return { keys, version, fetchedAt, quietSeconds }
  }

  function send(url: string, row: Row, from: number): SentKeys {
    const { keys, version, fetchedAt } = row
    return { url, version, fetchedAt, ...(row.keysEpoch > from ? { keys } : {}) }
  }

  function keysAfter(known: number, instance = INSTANCE): KeyDelta {
    const from = instance === INSTANCE ? known : -1
    const changed = [...rows].filter(([, row]) => row.fetchedAt !== null && row.epoch > from)
    return {
      instance: INSTANCE,
      keyEpoch,
      issuers: changed.map(([url, row]) => send(url, row, from)),
      removed: [],
    }
  }

  return {
    keysAfter,
    pointer: () => ({
      ...{ v: 1, confirmedAt: now(), revision: acknowledged.length },
      ...{ document, keyEpoch, instance: INSTANCE },
    }),
    content: (digest) => (digest === document && bytes !== undefined ? bytes : null),
    snapshotSince(known) {
      const revision = acknowledged.length
      const isSame = (known.document ?? document) === document
      const isKnown = known.revision === revision && isSame
      return {
        revision,
        at: now(),
        ...(document === null ? {} : { document }),
        ...(bytes === undefined || isKnown ? {} : { bytes }),
        ...keysAfter(known.keyEpoch ?? -1, known.instance),
      }
    },
    async refreshKeys(source, keyId, rejected) {
      const row = rows.get(source)
      if (row === undefined) return null
      const first = answer(row, keyId, rejected)
      if (first !== null && first.quietSeconds === undefined) return first
      if (row.flight === undefined) {
        if (!mayFetch(row)) return first
        if (row.fetchedAt !== null) row.askedAt = now()
      }
      await fetchKeys(source)
      return answer(row, keyId, rejected)
    },
    putDocument(text) {
      bytes = text
      document = `sha256:${createHash('sha256').update(text).digest('hex')}`
      changes += 1
      return acknowledged.push(nowMilliseconds())
    },
    fetchKeys,
    revision: () => acknowledged.length,
    changes: () => changes,
    acknowledgedAt: (revision) => acknowledged[revision - 1],
    versionAt: (source, version) => rows.get(source)?.versions.get(version),
  }
}

function newRow(): Row {
  return {
    keys: [],
    version: 0,
    fetchedAt: null,
    epoch: 0,
    keysEpoch: 0,
    askedAt: Number.NEGATIVE_INFINITY,
    flight: undefined,
    versions: new Map(),
  }
}
