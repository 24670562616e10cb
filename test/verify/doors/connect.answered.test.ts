/** The middleware after another handler has answered, such as a timeout, while a nonce is due. */
import { expect, test } from 'vitest'
import { requireToken } from '../../../src/verify/doors/connect.ts'
import { createNonces } from '../../../src/verify/proof/nonces.ts'
import { openBound } from '../support/bound.ts'
import { AUDIENCE, NOW } from '../support/tokens.ts'

const bound = await openBound()
const secret = 'a secret of the nonces of this test'

/** Runs the middleware with this nonce in the proof. Returns the names of the headers that it sets. */
async function run(nonce: string | undefined, headersSent: boolean) {
  const proof = { htu: 'https://api.acme.dev/', ...(nonce === undefined ? {} : { nonce }) }
  const { headers } = await bound.request({ proof })
  const set = new Map<string, string>()
  let body: string | undefined
  const passed = await new Promise<boolean>((resolve, reject) => {
    const response = {
      statusCode: 200,
      headersSent,
      setHeader: (name: string, value: string) => {
        // As Node does.
        if (headersSent) throw new Error('ERR_HTTP_HEADERS_SENT')
        set.set(name.toLowerCase(), value)
      },
      end: (text: string) => {
        body = text
        resolve(false)
      },
    }
    const read = (name: string) => headers.get(name) ?? undefined
    const request = {
      ...{ url: '/', method: 'GET' },
      headers: { authorization: read('authorization'), dpop: read('dpop') },
    }
    requireToken(bound.open({ proofNonce: { secret } }))(request, response, (error) =>
      error === undefined ? resolve(true) : reject(error),
    )
  })
  return { passed, nonce: set.get('dpop-nonce'), body }
}

/** A nonce that is still valid, and so old that the next answer has a new one. */
const oldNonce = () => createNonces({ secret, maxAgeSeconds: 300 }, AUDIENCE).make(NOW - 250)

test('an answer that is not sent yet gets the new nonce', async () => {
  expect(await run(await oldNonce(), false)).toMatchObject({
    passed: true,
    nonce: expect.stringMatching(/^[\w-]{43,}$/),
  })
})

test('an answer that another handler has sent is left as it is', async () => {
  expect(await run(await oldNonce(), true)).toEqual({
    passed: true,
    nonce: undefined,
    body: undefined,
  })
})
