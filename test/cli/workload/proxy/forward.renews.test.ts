/** How the proxy handles an upstream that no longer accepts the token. */
import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import type { KeptToken } from '../../../../src/cli/workload/token-keeper.ts'
import { HELD, startProxy, startUpstream, TOKEN } from '../../support/proxy.ts'

const upstream = await startUpstream()

beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((_request, response) => response.end('ok'))
})

describe('an upstream that no longer accepts the token', () => {
  const SECOND: KeptToken = { accessToken: 'issued.token.two', expiresAt: 4_000_000_000 }

  async function startStale(next: KeptToken | undefined, ready = async () => {}) {
    const refused: string[] = []
    const replace = async (token: KeptToken) => {
      refused.push(token.accessToken)
      await ready()
      return next
    }
    upstream.answer((incoming, response) => {
      const isGood = incoming.headers.authorization === `Bearer ${SECOND.accessToken}`
      response.writeHead(isGood ? 200 : 401, { 'www-authenticate': 'Bearer' })
      response.end(isGood ? 'good' : 'bad')
    })
    return { refused, ...(await startProxy(upstream.url, { tokens: { ...HELD, replace } })) }
  }

  test('receives a GET again with another token', async () => {
    const stale = await startStale(SECOND)
    const response = await fetch(stale.url)
    expect([response.status, await response.text()]).toEqual([200, 'good'])
    expect(stale.refused).toEqual([TOKEN.accessToken])
    expect(upstream.asked).toHaveLength(2)
  })

  test('has its second 401 returned to the client', async () => {
    const stale = await startStale({ ...SECOND, accessToken: 'issued.token.bad' })
    expect((await fetch(stale.url)).status).toBe(401)
    expect(upstream.asked).toHaveLength(2)
  })

  test('has its 401 and challenge returned when there is no other token', async () => {
    const stale = await startStale(undefined)
    const response = await fetch(stale.url)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect([await response.text(), upstream.asked.length]).toEqual(['bad', 1])
  })

  test.each([
    ['POST', 'body'],
    ['POST', undefined],
    ['DELETE', undefined],
  ])('does not receive %s again, and the proxy gets the next token', async (method, body) => {
    const stale = await startStale(SECOND)
    const response = await fetch(stale.url, { method, ...(body === undefined ? {} : { body }) })
    expect([response.status, upstream.asked.length]).toEqual([401, 1])
    expect(stale.refused).toEqual([TOKEN.accessToken])
  })

  test('breaks off its answer while another token is requested: the client sees that', async () => {
    const stale = await startStale(undefined, async () => {
      await brokenOff.promise
      await setTimeout(50)
    })
    const brokenOff = Promise.withResolvers<void>()
    upstream.answer((_request, response) => {
      response.writeHead(401, { 'content-length': '100' })
      response.write('abc')
      response.once('close', brokenOff.resolve)
      setImmediate(() => response.destroy())
    })
    const response = await fetch(stale.url)
    expect(response.status).toBe(401)
    const body = Promise.race([response.text(), setTimeout(5000, 'still open')])
    await expect(body).rejects.toThrow('terminated')
  })
})
