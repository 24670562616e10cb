/** Key sets that are larger than one answer of the trust store. */
import { describe, expect, it } from 'vitest'
import { SNAPSHOT_KEYS_MAX_BYTES } from '../../../../src/core/limits.ts'
import { inWorld } from '../../support/key-world.ts'

const A = 'https://a.example'
const B = 'https://b.example'

describe('key sets that do not fit into one answer', () => {
  /** Five sets of this size do not fit, and four do. */
  const padding = 'a'.repeat(SNAPSHOT_KEYS_MAX_BYTES / 4.5)
  const urls = Array.from({ length: 12 }, (_, index) => `https://i${index}.example`)

  it(
    'follow in later answers, those of the policy first',
    inWorld(({ name, show, poll, urls: held }) => {
      name('document', urls)
      name('policy', [A])
      for (const url of [...urls, A]) show(url, ['k'], padding)
      const sizes: number[] = []
      for (let turn = 0; turn < 5; turn += 1) {
        const { issuers } = poll()
        const sent = issuers.filter(({ keys }) => keys !== undefined)
        if (turn === 0) expect(sent[0]?.url).toBe(A)
        sizes.push(held().length)
      }
      expect(sizes).toEqual([4, 7, 10, 13, 13])
      expect(poll().issuers).toEqual([])
    }),
  )

  it(
    'NET-13 are removed until they follow, if they replace others',
    inWorld(({ name, show, poll, kids }) => {
      name('document', urls)
      for (const url of urls) show(url, ['old'])
      poll()
      for (const url of urls) show(url, ['new'], padding)
      poll()
      const sets = urls.map(kids)
      expect(sets.filter((set) => set?.[0] === 'new')).toHaveLength(4)
      expect(sets.filter((set) => set === undefined)).toHaveLength(8)
      poll()
      poll()
      expect(urls.map(kids)).toEqual(urls.map(() => ['new']))
    }),
  )

  it(
    'follow even if the sets of the policy fill an answer',
    inWorld(({ name, show, poll, kids }) => {
      const policy = urls.slice(0, 5)
      name('document', [B, ...urls])
      show(B, ['b1'], padding)
      name('policy', policy)
      for (const url of policy) show(url, ['k'], padding)
      poll()
      expect(kids(B)).toEqual(['b1'])
      poll()
      expect(policy.map(kids)).toEqual(policy.map(() => ['k']))
    }),
  )
})
