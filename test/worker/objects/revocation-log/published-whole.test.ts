/** What Workers of earlier releases read from the log during a deployment. */
import { describe, expect, it } from 'vitest'
import {
  REVOCATION_MARGIN_SECONDS,
  REVOCATION_WHOLE_MAX_BYTES,
} from '../../../../src/core/limits.ts'
import { newWorld } from '../../support/revocation-world.ts'

const ENTRY_BYTES = 'xxxxx-10000'.length + 14

describe('all revocations as one value', () => {
  it('contain each token with the end of its revocation', async () => {
    const world = newWorld({ recent: 1 })
    await world.revoke('one', 600)
    await world.revoke('two', 700)
    await world.publish()
    expect(await world.inside((instance) => instance.published())).toEqual({
      v: 1,
      sequence: 2,
      published_at: world.now(),
      tokens: {
        one: world.now() + 600 + REVOCATION_MARGIN_SECONDS,
        two: world.now() + 700 + REVOCATION_MARGIN_SECONDS,
      },
      before: [],
    })
  })

  it('are null if they would be larger than the limit, so that the log is not delayed', async () => {
    const world = newWorld()
    await world.fill(Math.ceil(REVOCATION_WHOLE_MAX_BYTES / ENTRY_BYTES) + 10_000, 'xxxxx-')
    expect(await world.inside((instance) => instance.published())).toBeNull()
  })
})
