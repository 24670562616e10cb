/** Spellings of a gateway's URL. Each leads to the same requests and audience, or to an error. */
import { expect, test } from 'vitest'
import { canonicalGatewayUrl, findGatewayUrlFault } from '../../../src/client/exchange/endpoint.ts'
import type { SubjectTokenSource } from '../../../src/client/index.ts'
import { GRANTED } from '../support/gateway.ts'
import { openTokens } from '../support/tokens.ts'

const SPELLINGS: readonly (readonly [string, string])[] = [
  ['https://sts.example.com', 'https://sts.example.com'],
  ['https://sts.example.com/', 'https://sts.example.com'],
  ['https://sts.example.com//', 'https://sts.example.com'],
  ['https://STS.Example.COM', 'https://sts.example.com'],
  ['HTTPS://sts.example.com', 'https://sts.example.com'],
  ['https://sts.example.com:443/', 'https://sts.example.com'],
  ['https://sts.example.com:8443/', 'https://sts.example.com:8443'],
  ['https://sts.example.com/sts/', 'https://sts.example.com/sts'],
  ['https://sts.example.com/a/../sts', 'https://sts.example.com/sts'],
  [' https://sts.example.com\n', 'https://sts.example.com'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['http://LOCALHOST:8787/', 'http://localhost:8787'],
  ['http://[::1]:8787/', 'http://[::1]:8787'],
]

test.each(SPELLINGS)('reads %j as %s', async (spelling, url) => {
  expect(canonicalGatewayUrl(spelling)).toBe(url)
  const audiences: string[] = []
  const source: SubjectTokenSource = {
    name: 'listening',
    getSubjectToken: async ({ audience }) => {
      audiences.push(audience)
      return 'a.b.c'
    },
  }
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    return Response.json(GRANTED)
  }
  await openTokens(spelling, { source, fetch }).getToken()
  expect([audiences, asked]).toEqual([[url], [`${url}/token`]])
})

test('requests a given audience without a change', async () => {
  const audiences: string[] = []
  const source: SubjectTokenSource = {
    name: 'listening',
    getSubjectToken: async ({ audience }) => {
      audiences.push(audience)
      return 'a.b.c'
    },
  }
  const fetch: typeof globalThis.fetch = async () => Response.json(GRANTED)
  const audience = 'https://STS.example.com/'
  await openTokens('https://sts.example.com', { source, fetch, audience }).getToken()
  expect(audiences).toEqual([audience])
})

test.each([
  ['sts.example.com', 'must be the URL of a gateway'],
  ['https://sts.example.com/?a=b', 'must have no query and no fragment'],
  ['https://sts.example.com/?', 'must have no query and no fragment'],
  ['https://sts.example.com/#a', 'must have no query and no fragment'],
  ['https://a@sts.example.com', 'must not contain a user name or password'],
  ['https://:b@sts.example.com', 'must not contain a user name or password'],
  ['https://sts.example.com./', 'must have no dot at the end of its host'],
  ['http://sts.example.com', 'must be https; http is for loopback addresses only'],
  ['http://127.0.0.1.example.com', 'must be https; http is for loopback addresses only'],
  ['ftp://sts.example.com', 'must be https; http is for loopback addresses only'],
])('refuses %s: %s', (url, fault) => {
  expect(findGatewayUrlFault(url)).toBe(fault)
  expect(() => canonicalGatewayUrl(url)).toThrow(new TypeError(`url ${fault}`))
})
