/** Bound tokens in requests of Node whose target is not a path, as only proxies send them. */
import { expect, test } from 'vitest'
import { isRefusal, verifyNodeRequest } from '../../../src/verify/doors/node-request.ts'
import { openBound } from '../support/bound.ts'

const bound = await openBound()

/** Sends a proof for `/` of the API with this target. */
async function statusOf(url: string): Promise<number> {
  const { headers } = await bound.request({ proof: { htu: 'https://api.acme.dev/' } })
  const read = (name: string) => headers.get(name) ?? undefined
  const request = {
    url,
    method: 'GET',
    headers: { authorization: read('authorization'), dpop: read('dpop') },
  }
  const outcome = await verifyNodeRequest(bound.open({}), request, () => undefined)
  return isRefusal(outcome) ? outcome.status : 200
}

test('a proof for / is accepted for that path', async () => {
  expect(await statusOf('/')).toBe(200)
})

test.each(['https://api.acme.dev/admin', '*', 'api.acme.dev:443', ''])(
  'DP-07 a proof for / is refused for the target "%s"',
  async (target) => {
    expect(await statusOf(target)).toBe(401)
  },
)
