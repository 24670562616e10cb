import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { SUBJECT_TOKEN } from '../support/helper.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const TYPE = 'urn:ietf:params:oauth:token-type'
const GRANTED = {
  access_token: 'header.payload.signature',
  issued_token_type: `${TYPE}:access_token`,
  token_type: 'Bearer',
  expires_in: 600,
  scope: 'deploy:read',
  decision_id: 'dec_1',
}
const actorFile = write('actor.jwt', 'actor.token.text\n')
const args = [
  ...['exchange', '--url', gateway.url, '--token-file', write('subject.jwt', SUBJECT_TOKEN)],
  ...['--resource', 'https://api.example.com'],
]

test.each([
  [[], `${TYPE}:jwt`],
  [['--actor-token-type', 'jwt'], `${TYPE}:jwt`],
  [['--actor-token-type', 'access_token'], `${TYPE}:access_token`],
])('sends the token of the actor with %j', async (flags, type) => {
  gateway.answer(() => ({ status: 200, body: GRANTED }))
  const { exitCode } = await runCli([...args, '--actor-token-file', actorFile, ...flags])
  expect(exitCode).toBe(0)
  const form = new URLSearchParams(gateway.asked[0]?.body)
  expect(form.get('actor_token')).toBe('actor.token.text')
  expect(form.get('actor_token_type')).toBe(type)
})

test.each([
  [['--actor-token-type', 'jwt'], '--actor-token-type needs --actor-token-file'],
  [['--actor-token-file', '-'], '--actor-token-file must be a file'],
  [
    ['--actor-token-file', actorFile, '--actor-token-type', 'saml2'],
    '--actor-token-type must be one of jwt, access_token',
  ],
])('refuses %j', async (flags, message) => {
  const { exitCode, stderr } = await runCli([...args, ...flags])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
  expect(gateway.asked).toHaveLength(0)
})
