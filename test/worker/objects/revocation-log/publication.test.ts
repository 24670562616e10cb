/** How the revocation log writes segments to KV, and how long KV keeps them. */
import { expect, it } from 'vitest'
import { REVOCATION_SNAPSHOT_MAX_AGE_SECONDS } from '../../../../src/core/limits.ts'
import { createSegmentWriter } from '../../../../src/worker/objects/revocation-log/publication.ts'

const AT = 1_800_000_000
const DIGEST = '0'.repeat(64)

it.each([
  ['its last token has expired', AT + 600, AT + 600],
  ['now, if its last token expired long ago', AT - 86_400, AT],
])(
  'a segment stays in KV while readers can have a pointer to it, counted from when %s',
  async (...given) => {
    const [, endsAt, from] = given
    const ends: unknown[] = []
    const put = async (
      _key: string,
      _content: Uint8Array,
      { expiration }: KVNamespacePutOptions,
    ) => {
      ends.push(expiration)
    }
    const write = createSegmentWriter({ put } as unknown as KVNamespace, AT)
    expect(await write({ digest: DIGEST, endsAt }, new Uint8Array(8))).toBe(true)
    expect(ends).toEqual([from + 2 * REVOCATION_SNAPSHOT_MAX_AGE_SECONDS])
  },
)

it('a segment waits for the next alarm once KV has failed', async () => {
  let calls = 0
  const put = async () => {
    calls += 1
    throw new Error('KV is down')
  }
  const write = createSegmentWriter({ put } as unknown as KVNamespace, AT)
  const segment = { digest: DIGEST, endsAt: AT + 600 }
  const taken = [
    await write(segment, new Uint8Array(8)),
    await write({ ...segment, digest: '1'.repeat(64) }, new Uint8Array(8)),
  ]
  expect([taken, calls]).toEqual([[false, false], 1])
})
