import { expect, test } from 'vitest'
import { type ExchangeOptions, exchange } from '../../../src/client/index.ts'
import * as client from '../../../src/client/limits.ts'
import * as contract from '../../../src/contract/limits.ts'
import { GRANTED, startGateway } from '../support/gateway.ts'

const gateway = await startGateway()
const options: ExchangeOptions = {
  url: gateway.url,
  subjectToken: 'subject.token.text',
  resource: 'https://api.example.com',
}

test('refuses the same lifetimes as a gateway', () => {
  expect(client.MIN_TOKEN_LIFETIME_SECONDS).toBe(contract.MIN_TOKEN_LIFETIME_SECONDS)
})

test('returns the token and its properties', async () => {
  gateway.answerJson(200, GRANTED)
  expect(await exchange(options)).toEqual({
    accessToken: 'header.payload.signature',
    expiresInSeconds: 600,
    scopes: ['deploy:read', 'deploy:write'],
    tokenType: 'Bearer',
    issuedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    decisionId: 'dec_1',
  })
})

test('sends the required parameters of RFC 8693 as one form', async () => {
  gateway.answerJson(200, GRANTED)
  await exchange(options)
  expect(gateway.asked).toHaveLength(1)
  const [asked] = gateway.asked
  expect([asked?.method, asked?.path, asked?.contentType]).toEqual([
    'POST',
    '/token',
    'application/x-www-form-urlencoded',
  ])
  expect([...(asked?.form ?? [])]).toEqual([
    ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    ['subject_token', 'subject.token.text'],
    ['subject_token_type', 'urn:ietf:params:oauth:token-type:jwt'],
    ['resource', 'https://api.example.com'],
  ])
})

test('sends every optional parameter', async () => {
  gateway.answerJson(200, GRANTED)
  await exchange({
    ...options,
    subjectTokenType: 'urn:ietf:params:oauth:token-type:id_token',
    scopes: ['deploy:read', 'deploy:write'],
    rule: 'deploy-api-from-main',
    lifetimeSeconds: 60,
  })
  const form = gateway.asked[0]?.form
  expect(form?.get('subject_token_type')).toBe('urn:ietf:params:oauth:token-type:id_token')
  expect(form?.get('scope')).toBe('deploy:read deploy:write')
  expect(form?.get('rule')).toBe('deploy-api-from-main')
  expect(form?.get('expires_in')).toBe('60')
})

test.each([
  ['with a trailing slash', '/', '/token'],
  ['with a path', '/sts', '/sts/token'],
])('finds the endpoint of a URL %s', async (_name, suffix, path) => {
  gateway.answerJson(200, GRANTED)
  await exchange({ ...options, url: `${gateway.url}${suffix}` })
  expect(gateway.asked[0]?.path).toBe(path)
})

test('uses the fetch it is given', async () => {
  const urls: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    urls.push(String(input))
    return Response.json(GRANTED)
  }
  await exchange({ ...options, url: 'https://sts.example.com', fetch })
  expect(urls).toEqual(['https://sts.example.com/token'])
})

test('accepts a token type in any case (RFC 6749 §5.1)', async () => {
  gateway.answerJson(200, { ...GRANTED, token_type: 'bearer' })
  expect((await exchange(options)).tokenType).toBe('bearer')
})

test.each<[string, Partial<ExchangeOptions>, string]>([
  ['an invalid URL', { url: 'sts' }, 'url must be the URL of a gateway'],
  ['http to another machine', { url: 'http://sts.example.com' }, 'url must be https'],
  ['a password in the URL', { url: 'https://a:b@sts.example.com' }, 'url must not contain a user'],
  ['a query in the URL', { url: 'https://sts.example.com?a=b' }, 'url must have no query'],
  ['an empty subject token', { subjectToken: '' }, 'subjectToken must be a non-empty string'],
  ['an empty resource', { resource: '' }, 'resource must be a non-empty string'],
  ['two scopes in one', { scopes: ['a b'] }, 'each entry of scopes must be one scope'],
  [
    'a resource with a line end',
    { resource: 'https://api.example.com\n' },
    'resource must be a non-empty string without spaces',
  ],
  ['an empty rule', { rule: '' }, 'rule must be a non-empty string'],
  [
    'a lifetime of half a second',
    { lifetimeSeconds: 0.5 },
    'lifetimeSeconds must be a whole number',
  ],
  ['a lifetime shorter than a gateway allows', { lifetimeSeconds: 9 }, 'seconds, 10 or more'],
  [
    'a lifetime of eleven digits',
    { lifetimeSeconds: 10_000_000_000 },
    'must be at most 9999999999 seconds',
  ],
  ['a lifetime of 0', { lifetimeSeconds: 0 }, 'lifetimeSeconds must be a whole number'],
])('throws TypeError for %s and sends nothing', async (_name, change, message) => {
  const outcome: unknown = await exchange({ ...options, ...change }).catch((e: unknown) => e)
  expect(outcome).toBeInstanceOf(TypeError)
  expect(String(outcome)).toContain(message)
  expect(gateway.asked).toEqual([])
})
