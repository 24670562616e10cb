/** The bytes that release 0.2.0 published to KV. */
import { expect, it } from 'vitest'
import made from '../../../vectors/stored-0.2.0/made.json'
import { newTestReader } from '../../support/revocation-reader.ts'

const published = Object.values(
  import.meta.glob(['../../../vectors/stored-0.2.0/objects/kv/REVOCATIONS/blobs/*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)

it('reads the snapshot of release 0.2.0 without asking the log', async () => {
  expect(published).toHaveLength(1)
  const kv = { get: async () => String(published[0]) } as unknown as Pick<KVNamespace, 'get'>
  const reader = newTestReader(kv)
  const revocations = await reader.load(made.stopped_at)
  expect(made.revoked).toHaveLength(2)
  for (const token of made.revoked) {
    expect(revocations.isRevoked({ ...token, kid: 'any' })).toBe(true)
  }
  expect(revocations.isRevoked({ ...made.live, kid: 'any' })).toBe(false)
})
