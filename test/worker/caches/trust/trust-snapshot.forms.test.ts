import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../../src/core/ports.ts'
import { createTrustSnapshot } from '../../../../src/worker/caches/trust/trust-snapshot.ts'
import { digestOf } from '../../../../src/worker/trust-layers/content/content.ts'
import type {
  KnownSnapshot,
  SentForm,
  SnapshotDelta,
} from '../../../../src/worker/trust-layers/trust-messages.ts'
import { ceilingsOfTests } from '../../support/ceilings.ts'
import { newIssuer } from '../../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../../support/trust.ts'

type Answer = (known: KnownSnapshot) => Promise<SnapshotDelta>

/** A real store whose answers a test can change, and new isolates of it. */
async function newWorld() {
  const store = newTrustStore()
  const { url } = newIssuer()
  await putTrust(store, trustFor(url), 0)
  const asked: KnownSnapshot[] = []
  let at = 1_800_000_000
  return {
    asked,
    store,
    url,
    wait: (seconds: number) => {
      at += seconds
    },
    isolate(answer: (plain: Answer) => Answer = (plain) => plain) {
      const reader = createTrustSnapshot({
        store: {
          snapshotSince: answer(async (known) => {
            asked.push(known)
            return await store.snapshotSince(known)
          }),
          refreshKeys: () => Promise.resolve(null),
        },
        ceilings: ceilingsOfTests(),
        policy: undefined,
        maxStaleSeconds: 900,
        clock: () => at,
        reportFaulty: () => undefined,
      })
      return { ...reader, load: async () => await reader.load(at, () => undefined) }
    },
  }
}

/** Changes the form in an answer. */
const withForm =
  (change: (form: SentForm) => SentForm | Promise<SentForm>) =>
  (plain: Answer): Answer =>
  async (known) => {
    const delta = await plain(known)
    return delta.form === undefined ? delta : { ...delta, form: await change(delta.form) }
  }

async function withBytes(form: SentForm, change: (bytes: Uint8Array) => void): Promise<SentForm> {
  const bytes = form.bytes.slice()
  change(bytes)
  return { ...form, bytes, digest: await digestOf(bytes) }
}

const FAULTS: readonly (readonly [
  string,
  (form: SentForm) => SentForm | Promise<SentForm>,
  string,
])[] = [
  [
    'with a byte changed',
    (form) => ({
      ...form,
      bytes: form.bytes.map((byte, index) => (index === 99 ? byte ^ 1 : byte)),
    }),
    'other_digest',
  ],
  [
    'with a byte more',
    (form) => ({ ...form, bytes: Uint8Array.of(...form.bytes, 0) }),
    'other_digest',
  ],
  ['of another version', (form) => withBytes(form, (bytes) => bytes.set([9], 4)), 'other_compiler'],
  ['of another document', (form) => ({ ...form, document: 'sha256:other' }), 'other_document'],
  [
    'that is cut off',
    (form) => withBytes({ ...form, bytes: form.bytes.slice(0, -9) }, () => 0),
    'damaged',
  ],
  [
    'whose head is not JSON',
    (form) => withBytes(form, (bytes) => bytes.fill(0x20, 20, 24)),
    'damaged',
  ],
  ['whose head has other members', (form) => withBytes(form, renameOffsets), 'damaged'],
]

/** Changes the name of a member of the head, so that reading it throws. */
function renameOffsets(bytes: Uint8Array): void {
  const text = new TextDecoder('latin1').decode(bytes)
  bytes.set(new TextEncoder().encode('offzets'), text.indexOf('offsets'))
}

describe('an isolate and the compiled form', () => {
  it('loads the form and never asks for the document', async () => {
    const world = await newWorld()
    const isolate = world.isolate()
    const { document, revision } = await isolate.load()
    expect([revision, document?.rules.map(({ name }) => name)]).toEqual([1, ['deploy']])
    expect(world.asked.map(({ compiler }) => typeof compiler)).toEqual(['string'])
    expect(isolate.refusedForms()).toEqual({})
  })

  it('loads the form of the next revision', async () => {
    const world = await newWorld()
    const isolate = world.isolate()
    await isolate.load()
    await putTrust(world.store, trustFor(world.url, { rules: [] }), 1)
    world.wait(10)
    expect(await isolate.load()).toMatchObject({ revision: 2, document: { rules: [] } })
    expect(world.asked).toHaveLength(2)
  })

  it.each(FAULTS)(
    'compiles the document instead of a form %s, and counts it',
    async (_, change, fault) => {
      const world = await newWorld()
      const isolate = world.isolate(withForm(change))
      const { document, problems } = await isolate.load()
      expect([document?.rules.map(({ name }) => name), problems]).toEqual([['deploy'], []])
      expect(isolate.refusedForms()).toEqual({ [fault]: 1 })
      expect(world.asked.map(({ compiler }) => typeof compiler)).toEqual(['string', 'undefined'])
      // The same revision is not asked for again.
      world.wait(10)
      await isolate.load()
      expect(isolate.refusedForms()).toEqual({ [fault]: 1 })
    },
  )
})

describe('first requests of an isolate', () => {
  it('WRK-02 load once, however many arrive at the same time', async () => {
    const world = await newWorld()
    const isolate = world.isolate()
    const views = await Promise.all(Array.from({ length: 32 }, () => isolate.load()))
    expect(new Set(views).size).toBe(1)
    expect(world.asked).toHaveLength(1)
  })

  it('WRK-02 ask again, once, if the request that asked was cancelled', async () => {
    const world = await newWorld()
    let isFirst = true
    const isolate = world.isolate((plain) => (known) => {
      if (!isFirst) return plain(known)
      isFirst = false
      return new Promise(() => undefined)
    })
    isolate.load().catch(() => undefined)
    const views = Promise.all(Array.from({ length: 8 }, () => isolate.load()))
    await expect(views).resolves.toHaveLength(8)
    expect(new Set(await views).size).toBe(1)
    expect(world.asked).toHaveLength(1)
  })

  it('fail together if the store fails, and cause two questions', async () => {
    const world = await newWorld()
    let count = 0
    const isolate = world.isolate(() => () => {
      count += 1
      return Promise.reject(new Error('down'))
    })
    const ends = await Promise.allSettled(Array.from({ length: 8 }, () => isolate.load()))
    expect(
      ends.map((end) => end.status === 'rejected' && end.reason instanceof Unavailable),
    ).toEqual(Array.from({ length: 8 }, () => true))
    // The request that asked, and one of those that waited.
    expect(count).toBe(2)
  })
})
