/** What Workers of earlier releases read from the log during a deployment. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { REVOCATION_MARGIN_SECONDS } from '../../../../src/core/limits.ts'
import { REVOCATION_WHOLE_MAX_BYTES } from '../../../../src/worker/limits.ts'
import { createReadPointer } from '../../../../src/worker/objects/durable-ports.ts'
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

describe('the pointer of a log', () => {
  const readFrom = (log: object) => {
    const namespace = { getByName: () => log } as unknown as typeof env.REVOCATION_LOG
    return createReadPointer({ ...env, REVOCATION_LOG: namespace })()
  }

  it('is asked first', async () => {
    const world = newWorld()
    expect(await readFrom(world.log)).toMatchObject({ v: 2 })
  })

  it('is the whole value if the log runs an earlier release, which has no pointer', async () => {
    const whole = { v: 1, sequence: 3, published_at: 0, tokens: {}, before: [] }
    expect(await readFrom({ published: async () => whole })).toEqual(whole)
  })
})
