/** The token of the party that acts for the subject: in one exchange, and in a token source. */
import { expect, test } from 'vitest'
import { exchange } from '../../../src/client/index.ts'
import { GRANTED, startGateway } from '../support/gateway.ts'
import { openTokens } from '../support/tokens.ts'

const gateway = await startGateway()
const options = {
  url: gateway.url,
  subjectToken: 'subject.token.text',
  resource: 'https://api.example.com',
}
const TYPE = 'urn:ietf:params:oauth:token-type'

test('sends the actor token with its type', async () => {
  gateway.answerJson(200, GRANTED)
  await exchange({ ...options, actorToken: 'actor.token.text' })
  await exchange({ ...options, actorToken: 'a.b.c', actorTokenType: `${TYPE}:access_token` })
  const sent = gateway.asked.map(({ form }) => [
    form.get('actor_token'),
    form.get('actor_token_type'),
  ])
  expect(sent).toEqual([
    ['actor.token.text', `${TYPE}:jwt`],
    ['a.b.c', `${TYPE}:access_token`],
  ])
})

test.each([
  [{ actorToken: '' }, 'actorToken must be a non-empty string'],
  [{ actorToken: 'x', actorTokenType: '' }, 'actorTokenType must be a non-empty string'],
  [{ actorTokenType: `${TYPE}:jwt` }, 'actorTokenType needs actorToken'],
])('refuses %j', async (change, message) => {
  await expect(exchange({ ...options, ...change })).rejects.toThrow(message)
  expect(gateway.asked).toHaveLength(0)
})

test('a token source asks the source of the actor anew for each exchange', async () => {
  gateway.answerJson(200, { ...GRANTED, expires_in: 10 })
  const audiences: string[] = []
  let count = 0
  const actor = {
    name: 'agent',
    getSubjectToken: async ({ audience }: { readonly audience: string }) => {
      audiences.push(audience)
      count += 1
      return `actor.token.${count}`
    },
  }
  const tokens = openTokens(gateway.url, { actor })
  await tokens.getToken()
  tokens.clock.now += 20
  await tokens.getToken()
  expect(gateway.asked.map(({ form }) => form.get('actor_token'))).toEqual([
    'actor.token.1',
    'actor.token.2',
  ])
  expect(audiences).toEqual([gateway.url, gateway.url])
})

test('a token source fails if the source of the actor fails', async () => {
  const actor = { name: 'agent', getSubjectToken: () => Promise.reject(new Error('no agent')) }
  const tokens = openTokens(gateway.url, { actor, retrySeconds: 0 })
  await expect(tokens.getToken()).rejects.toThrow('no agent')
  expect(gateway.asked).toHaveLength(0)
})
