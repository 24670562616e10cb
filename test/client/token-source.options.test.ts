import { expect, test } from 'vitest'
import {
  createTokenSource,
  type ExchangeOptions,
  exchange,
  type RevokeOptions,
  revoke,
  type TokenSourceOptions,
} from '../../src/client/index.ts'

const source = { name: 'mine', getSubjectToken: async () => 'subject.token.text' }
const options: TokenSourceOptions = {
  url: 'https://sts.example.com',
  resource: 'https://api.example.com',
  source,
}

test.each<[string, object, string]>([
  ['a misspelt option', { scope: ['deploy:read'] }, 'unknown option "scope"'],
  ['an option of exchange', { subjectToken: 'a.b.c' }, 'unknown option "subjectToken"'],
  ['scopes as a string', { scopes: 'deploy:read' }, 'scopes must be a list'],
  ['null for scopes', { scopes: null }, 'scopes must be a list'],
  ['a scope with a space', { scopes: ['a b'] }, 'each entry of scopes'],
  ['a scope that is not a string', { scopes: [1] }, 'each entry of scopes'],
  ['a URL object', { url: new URL('https://sts.example.com') }, 'url must be a string'],
  ['an empty resource', { resource: '' }, 'resource must be'],
  ['an empty audience', { audience: '' }, 'audience must be'],
  ['an empty rule', { rule: '' }, 'rule must be'],
  ['a short lifetime', { lifetimeSeconds: 5 }, 'lifetimeSeconds must be'],
  ['no source', { source: undefined }, 'source must be'],
  ['the name of a source', { source: 'github-actions' }, 'source must be'],
  ['a promise of a source', { source: Promise.resolve(source) }, 'source must be'],
  ['the name of an actor source', { actor: 'file' }, 'actor must be'],
  ['a type without an actor', { actorTokenType: 'x' }, 'actorTokenType needs'],
  ['retrySeconds as a string', { retrySeconds: '5' }, 'retrySeconds must be'],
  ['a negative retrySeconds', { retrySeconds: -1 }, 'retrySeconds must be'],
  ['fetch that is no function', { fetch: 5 }, 'fetch must be a function'],
  ['now that is no function', { now: 5 }, 'now must be a function'],
  ['a clock in milliseconds', { now: Date.now }, 'now must return epoch seconds'],
  ['another proof key', { proofKey: {} }, 'proofKey must be'],
])('throws TypeError at once for %s', (_name, change, message) => {
  const create = () => createTokenSource({ ...options, ...change })
  expect(create).toThrow(TypeError)
  expect(create).toThrow(message)
})

test('accepts every option, and undefined for each optional one', () => {
  const all = { actor: source, actorTokenType: 'x', retrySeconds: 0 }
  expect(() => createTokenSource({ ...options, ...all })).not.toThrow()
  const none = { scopes: undefined, audience: undefined, fetch: undefined }
  expect(() => createTokenSource({ ...options, ...none })).not.toThrow()
})

test.each([undefined, null, 'https://sts.example.com', []])(
  'throws TypeError for %j as options',
  async (wrong) => {
    const message = 'options must be an object'
    expect(() => createTokenSource(wrong as never)).toThrow(message)
    await expect(exchange(wrong as never)).rejects.toThrow(message)
    await expect(revoke(wrong as never)).rejects.toThrow(message)
  },
)

test('a misspelt option of exchange or revoke is a type error, and a TypeError', async () => {
  const { url, resource } = options
  // @ts-expect-error: it is named `scopes`
  const asked: ExchangeOptions = { url, resource, subjectToken: 'a.b.c', scope: ['deploy:read'] }
  await expect(exchange(asked)).rejects.toThrow('unknown option "scope"')
  // @ts-expect-error: it is named `token`
  const given: RevokeOptions = { url, accessToken: 'a.b.c' }
  await expect(revoke(given)).rejects.toThrow('unknown option "accessToken"')
  // @ts-expect-error: it is named `lifetimeSeconds`
  const kept: TokenSourceOptions = { ...options, lifetime: 60 }
  expect(() => createTokenSource(kept)).toThrow('unknown option "lifetime"')
})
