/** Requests of Node in forms that mostly proxies send: targets that are no path, and raw headers. */
import { expect, test } from 'vitest'
import { isRefusal, verifyNodeRequest } from '../../../src/verify/doors/node-request.ts'
import { openBound } from '../support/bound.ts'
import { refusalOf } from '../support/refusal.ts'

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

test('a second token in the query is refused, whatever the form of the target', async () => {
  const { headers } = await bound.request({ proof: { htu: 'https://api.acme.dev/' } })
  const authorization = headers.get('authorization') ?? ''
  for (const url of ['/?access_token=x', 'https://api.acme.dev/?access_token=x']) {
    const request = { url, method: 'GET', headers: { authorization } }
    const outcome = await verifyNodeRequest(bound.open({}), request, () => undefined)
    expect(isRefusal(outcome) && outcome.status).toBe(400)
  }
})

test('the value of another header is no second Authorization header', async () => {
  const { headers } = await bound.request({ proof: { htu: 'https://api.acme.dev/' } })
  const authorization = headers.get('authorization') ?? ''
  const dpop = headers.get('dpop') ?? ''
  const rawHeaders = ['Authorization', authorization, 'DPoP', dpop, 'Vary', 'authorization']
  const request = { url: '/', method: 'GET', headers: { authorization, dpop }, rawHeaders }
  const outcome = await verifyNodeRequest(bound.open({}), request, () => undefined)
  expect(isRefusal(outcome)).toBe(false)
})

test('DP-01 a header that is undefined is no header', async () => {
  const { headers } = await bound.request({ proof: { htu: 'https://api.acme.dev/' } })
  const authorization = headers.get('authorization') ?? ''
  const verifier = bound.open({})
  const judge = (more: { readonly dpop?: string | undefined }) => {
    const request = { url: '/', method: 'GET', headers: { authorization, ...more } }
    const verified = new Promise<never>((_, reject) => {
      const renderRefusal: typeof verifier.renderRefusal = (error) => {
        reject(error)
        return verifier.renderRefusal(error)
      }
      verifyNodeRequest({ ...verifier, renderRefusal }, request, () => undefined).catch(reject)
    })
    return refusalOf(verified)
  }
  const without = await judge({})
  expect(await judge({ dpop: undefined })).toBe(without)
  expect(await judge({ dpop: 'undefined' })).not.toBe(without)
})

// Node shows `headers` and `rawHeaders` only up to a number, and a second token may come after it.
test.each([
  ['999 headers', 999, null, 200],
  ['1,000 headers, where Node hides the rest', 1000, null, 400],
  ['as many headers as the server shows', 20, 20, 400],
  ['2,000 headers of a server that shows every one', 2000, 0, 200],
])('PR-08 a request with %s', async (_, count, maxHeadersCount, status) => {
  const { headers } = await bound.request({ proof: { htu: 'https://api.acme.dev/' } })
  const authorization = headers.get('authorization') ?? ''
  const dpop = headers.get('dpop') ?? ''
  const filler = Array.from({ length: (count - 1) * 2 }, () => 'a')
  const outcome = await verifyNodeRequest(
    bound.open({}),
    {
      ...{ url: '/', method: 'GET', headers: { authorization, dpop } },
      ...{ rawHeaders: ['Authorization', authorization, ...filler] },
      ...{ socket: { server: { maxHeadersCount } } },
    },
    () => undefined,
  )
  expect(isRefusal(outcome) ? outcome.status : 200).toBe(status)
})
