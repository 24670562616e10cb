import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const tokenFile = write('admin.jwt', 'admin.token.text\n')
const flags = ['--url', gateway.url, '--token-file', tokenFile]
const DOCUMENT = { version: 1, issuers: {}, resources: {}, rules: [] }
const path = write('trust.json', JSON.stringify(DOCUMENT, null, 2))

test('asks the gateway, which knows its own ceilings, and shows the place of each problem', async () => {
  const problems = [{ code: 'x', path: ['resources'], message: 'is too much' }]
  gateway.answer(() => ({ status: 200, body: { valid: false, problems } }))
  const { stderr, exitCode } = await runCli(['validate', path, ...flags])
  expect([exitCode, stderr]).toEqual([
    1,
    `edgemint: ${path} is refused: 1 problem\n${path}:4:3: resources: is too much\n`,
  ])
  expect(gateway.asked).toMatchObject([
    { method: 'POST', path: '/admin/v1/validate', authorization: 'Bearer admin.token.text' },
  ])
  expect(JSON.parse(gateway.asked[0]?.body ?? '')).toEqual(DOCUMENT)
})

test('accepts what both accept', async () => {
  gateway.answer(() => ({ status: 200, body: { valid: true, problems: [] } }))
  const { stderr, exitCode } = await runCli(['validate', path, ...flags])
  expect([exitCode, stderr]).toEqual([0, `edgemint: ${path} is valid\n`])
})

test('sends nothing that does not compile here', async () => {
  const bad = write('bad.json', '{"version": 2}')
  expect((await runCli(['validate', bad, ...flags])).exitCode).toBe(1)
  expect(gateway.asked).toEqual([])
})

test.each<[string, object, number]>([
  ['invalid without a problem', { valid: false, problems: [] }, 3],
  ['valid with a problem', { valid: true, problems: [{ code: 'x', path: [], message: 'y' }] }, 3],
  ['the page of another server', {}, 3],
])('does not take %s for a verdict', async (_, body, code) => {
  gateway.answer(() => ({ status: 200, body }))
  expect((await runCli(['validate', path, ...flags])).exitCode).toBe(code)
})

test.each([
  ['a token', () => flags.slice(0, 2), `not logged in at ${gateway.url}, and no --token-file`],
  ['a URL', () => flags.slice(2), '--token-file needs --url'],
])('needs %s too', async (_, given, sentence) => {
  const { stderr, exitCode } = await runCli(['validate', path, ...given()], {
    environment: { HOME: '/nonexistent' },
  })
  expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `edgemint: ${sentence}`])
})
