/**
 * The contract of every trust store that isolates ask. Runs on the trust store and on the model of
 * `npm run simulate`.
 */
import { expect, it } from 'vitest'
import { KEY_COOLDOWN_SECONDS, KEY_REFRESH_SECONDS } from '../../src/core/limits.ts'
import { digestOf } from '../../src/worker/trust-layers/content/content.ts'
import { checkPointer, type TrustPointer } from '../../src/worker/trust-layers/pointer.ts'
import type {
  KeyAnswer,
  KeyDelta,
  KnownSnapshot,
  SnapshotDelta,
} from '../../src/worker/trust-layers/trust-messages.ts'

/** A trust store with one document, whose only issuer was never fetched. */
export type TrustWorld = {
  readonly store: {
    readonly snapshotSince: (known: KnownSnapshot) => Promise<SnapshotDelta>
    readonly pointer: () => Promise<TrustPointer>
    readonly keysAfter: (known: number, instance?: string) => Promise<KeyDelta>
    readonly content: (digest: string) => Promise<Uint8Array | null>
    readonly refreshKeys: (
      source: string,
      keyId?: string,
      rejected?: number,
    ) => Promise<KeyAnswer | null>
  }
  /** The key source of the issuer. */
  readonly source: string
  /** Stores the next revision, and returns its number. */
  readonly put: () => Promise<number>
  /** The issuer publishes a new key instead of the last one. Returns its id. */
  readonly rotate: () => Promise<string>
  readonly keyId: () => Promise<string>
  /** Lets time pass. Nothing is fetched. */
  readonly pass: (seconds: number) => Promise<void>
  /** Fetches the keys that are due. */
  readonly fetchDue: () => Promise<void>
  /** Returns how often the keys of the issuer were fetched. */
  readonly fetches: () => Promise<number>
}

const NOTHING: KnownSnapshot = { revision: -1, keyVersions: {}, keyEpoch: -1 }

function known({ revision, keyEpoch = -1, instance = '', document = '' }: SnapshotDelta) {
  return { revision, keyVersions: {}, keyEpoch, instance, document } satisfies KnownSnapshot
}

export function describeTrustDistribution(createWorld: () => Promise<TrustWorld>): void {
  const kidsOf = (answer: KeyAnswer | null) => answer?.keys.map(({ kid }) => kid)

  it('sends a document to those that do not have it', async () => {
    const { store, put } = await createWorld()
    const first = await store.snapshotSince(NOTHING)
    expect(first).toMatchObject({ revision: 1, bytes: expect.any(Uint8Array) })
    expect(await store.snapshotSince(known(first))).not.toHaveProperty('bytes')
    expect(await put()).toBe(2)
    const second = await store.snapshotSince(known(first))
    expect(second).toMatchObject({ revision: 2, bytes: expect.any(Uint8Array) })
  })

  it('sends keys once, and nothing until they change', async () => {
    const { store, source, fetchDue, keyId, rotate, pass } = await createWorld()
    await fetchDue()
    const first = await store.snapshotSince(NOTHING)
    expect(first.issuers.find(({ url }) => url === source)).toMatchObject({
      keys: [{ kid: await keyId() }],
    })
    const empty = { keyEpoch: first.keyEpoch, issuers: [], removed: [] }
    expect(await store.snapshotSince(known(first))).toMatchObject(empty)
    const fresh = await rotate()
    await pass(KEY_REFRESH_SECONDS)
    await fetchDue()
    const second = await store.snapshotSince(known(first))
    expect(second.keyEpoch).toBeGreaterThan(first.keyEpoch ?? 0)
    expect(second.issuers.find(({ url }) => url === source)).toMatchObject({
      keys: [{ kid: fresh }],
    })
  })

  it('sends only the time of a fetch that changed nothing', async () => {
    const { store, source, fetchDue, pass } = await createWorld()
    await fetchDue()
    const first = await store.snapshotSince(NOTHING)
    const before = first.issuers.find(({ url }) => url === source)
    await pass(KEY_REFRESH_SECONDS)
    await fetchDue()
    const { issuers } = await store.snapshotSince(known(first))
    const after = issuers.find(({ url }) => url === source)
    expect(after).toEqual({ url: source, version: before?.version, fetchedAt: expect.any(Number) })
    expect(after?.fetchedAt).toBeGreaterThanOrEqual((before?.fetchedAt ?? 0) + KEY_REFRESH_SECONDS)
  })

  it('names what is newest in its pointer, and has the content', async () => {
    const { store, fetchDue, put } = await createWorld()
    await fetchDue()
    const first = checkPointer(await store.pointer())
    const { revision, keyEpoch, document, instance, at } = await store.snapshotSince(NOTHING)
    expect(first).toMatchObject({ revision, keyEpoch, document, instance })
    expect(Math.abs((at ?? 0) - (first?.confirmedAt ?? 0))).toBeLessThanOrEqual(5)
    const bytes = await store.content(first?.document ?? '')
    expect(bytes && (await digestOf(bytes))).toBe(first?.document)
    expect(await store.content(`sha256:${'0'.repeat(64)}`)).toBeNull()
    await put()
    const second = checkPointer(await store.pointer())
    expect(second).toMatchObject({ revision: 2, instance })
    expect(second?.document).not.toBe(document)
  })

  it('sends everything to those that know another instance or another document', async () => {
    const { store, source, fetchDue } = await createWorld()
    await fetchDue()
    const first = await store.snapshotSince(NOTHING)
    const has = (delta: { readonly issuers: SnapshotDelta['issuers'] }) =>
      delta.issuers.some(({ url, keys }) => url === source && keys !== undefined)
    const { keyEpoch = -1, instance } = first
    expect(has(await store.keysAfter(keyEpoch, instance))).toBe(false)
    expect(has(await store.keysAfter(keyEpoch, 'another'))).toBe(true)
    expect(has(await store.snapshotSince({ ...known(first), instance: 'another' }))).toBe(true)
    const other = { ...known(first), document: `sha256:${'0'.repeat(64)}` }
    expect(await store.snapshotSince(other)).toMatchObject({ bytes: expect.any(Uint8Array) })
  })

  it('fetches once for simultaneous questions', async () => {
    const { store, source, keyId, fetches } = await createWorld()
    const kid = await keyId()
    const answers = await Promise.all([1, 2, 3].map(() => store.refreshKeys(source, kid)))
    expect(answers.map(kidsOf)).toEqual([[kid], [kid], [kid]])
    expect(await fetches()).toBe(1)
  })

  it('fetches at most once in the cool-down for unknown key ids, and says how long', async () => {
    const { store, source, fetchDue, fetches, pass, rotate } = await createWorld()
    await fetchDue()
    const first = await store.refreshKeys(source, 'unknown-1')
    expect(first?.quietSeconds).toBeGreaterThan(KEY_COOLDOWN_SECONDS - 5)
    expect(first?.quietSeconds).toBeLessThanOrEqual(KEY_COOLDOWN_SECONDS)
    const fresh = await rotate()
    expect((await store.refreshKeys(source, fresh))?.quietSeconds).toBeGreaterThan(0)
    expect(await fetches()).toBe(2)
    await pass(KEY_COOLDOWN_SECONDS)
    const found = await store.refreshKeys(source, fresh)
    expect(kidsOf(found)).toEqual([fresh])
    expect(found).not.toHaveProperty('quietSeconds')
    expect(await fetches()).toBe(3)
  })

  it('fetches for a set whose key did not verify', async () => {
    const { store, source, fetchDue, fetches, keyId } = await createWorld()
    await fetchDue()
    const kid = await keyId()
    const { version = 0, quietSeconds } = (await store.refreshKeys(source, kid)) ?? {}
    expect([quietSeconds, await fetches()]).toEqual([undefined, 1])
    const again = await store.refreshKeys(source, kid, version)
    expect(again).toMatchObject({ version, quietSeconds: expect.any(Number) })
    expect(await fetches()).toBe(2)
  })

  it('has no keys of an issuer that no document names', async () => {
    const { store } = await createWorld()
    expect(await store.refreshKeys('https://unknown.example', 'kid')).toBeNull()
  })
}
