/** Answers of the trust store that overtake each other. */
import { expect, it, vi } from 'vitest'
import type { TrustView } from '../../../../src/core/trust-view.ts'
import { createTrustSnapshot } from '../../../../src/worker/caches/trust/trust-snapshot.ts'
import { digestOf } from '../../../../src/worker/trust-layers/content/content.ts'
import type { SnapshotDelta } from '../../../../src/worker/trust-layers/trust-messages.ts'

const AT = 1_800_000_000
const SOURCE = 'https://ci.example'
const DOCUMENT = new TextEncoder().encode('{"version":1,"issuers":{},"resources":{},"rules":[]}')
const OTHER = new TextEncoder().encode(
  '{"version":1,"issuers":{},"resources":{"https://api.test":{"scopes":["read"]}},"rules":[]}',
)

/** An isolate, and the questions that the store has not answered. */
function newWorld() {
  const open: ((answer: SnapshotDelta) => void)[] = []
  /** The document that each question says the isolate has. */
  const named: (string | undefined)[] = []
  const reader = createTrustSnapshot({
    store: {
      snapshotSince: (known) => {
        named.push(known.document)
        return new Promise<SnapshotDelta>((answer) => open.push(answer))
      },
      refreshKeys: async () => null,
    },
    ceilings: {
      gatewayIssuer: 'https://sts.test',
      maxTokenLifetimeSeconds: 3600,
      maxRuleExpirySeconds: undefined,
      localIssuers: false,
    },
    policy: undefined,
    maxStaleSeconds: 900,
    clock: () => AT,
    reportFaulty: () => expect.fail('the document is usable'),
  })
  return {
    load: async (at: number): Promise<TrustView> => reader.load(at, () => undefined),
    named,
    questions: () => open.length,
    /** A second request waits for the first question, and asks itself if that takes too long. */
    areAsked: (questions: number) => vi.waitFor(() => expect(open).toHaveLength(questions), 30_000),
    answer: (question: number, revision: number, keyEpoch: number, document = DOCUMENT) =>
      digestOf(document).then((digest) =>
        open[question]?.({
          ...{ revision, document: digest, bytes: document, keyEpoch, removed: [] },
          issuers: [{ url: SOURCE, version: keyEpoch, fetchedAt: AT, keys: [] }],
        }),
      ),
  }
}

it.each([
  ['an earlier revision', 5, 9],
  ['earlier keys', 6, 8],
])('does not fall back to %s when two questions overlap', async (_, revision, keyEpoch) => {
  const { load, answer, areAsked } = newWorld()
  const first = load(AT)
  const second = load(AT)
  await areAsked(2)
  // The later question reached the store first, and its answer arrives last.
  await answer(0, 6, 9)
  expect(await first).toMatchObject({ revision: 6 })
  await answer(1, revision, keyEpoch)
  for (const view of [await second, await load(AT)]) {
    expect([view.revision, view.keys.get(SOURCE)?.version]).toEqual([6, 9])
  }
})

it('uses the answer to the later of two questions, if the store answered it later', async () => {
  const { load, answer, areAsked } = newWorld()
  const first = load(AT)
  const second = load(AT)
  await areAsked(2)
  await answer(0, 6, 9)
  await first
  await answer(1, 7, 10)
  expect(await second).toMatchObject({ revision: 7 })
  expect(await load(AT)).toMatchObject({ revision: 7 })
})

it('waits for the question that is open after an earlier one has ended', async () => {
  const { load, answer, areAsked, questions } = newWorld()
  const first = load(AT)
  const second = load(AT)
  await areAsked(2)
  await answer(0, 6, 9)
  await first
  const third = load(AT + 10)
  expect(questions()).toBe(2)
  await answer(1, 7, 10)
  await second
  expect(await third).toMatchObject({ revision: 7 })
})

it('follows a store that was restored from a backup', async () => {
  const { load, answer, areAsked } = newWorld()
  const first = load(AT)
  await areAsked(1)
  await answer(0, 6, 9)
  await first
  const second = load(AT + 10)
  await areAsked(2)
  await answer(1, 5, 8)
  expect(await second).toMatchObject({ revision: 5 })
})

it('follows a store that was restored and has another document under the same number', async () => {
  const { load, answer, areAsked, named } = newWorld()
  const first = load(AT)
  await areAsked(1)
  await answer(0, 6, 9)
  expect((await first).document?.resources.size).toBe(0)
  const second = load(AT + 10)
  await areAsked(2)
  // The store compares it with its own, because the number is the same.
  expect(named).toEqual([undefined, await digestOf(DOCUMENT)])
  await answer(1, 6, 9, OTHER)
  expect((await second).document?.resources.size).toBe(1)
})
