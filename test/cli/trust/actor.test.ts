/** `edgemint explain`, `test` and `ask` with a party that acts for the subject. */
import { expect, test } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()
const TRUST = 'examples/trust/delegation/trust.yaml'
const person = write('person.json', JSON.stringify({ sub: 'u-1', tid: 'acme', groups: ['staff'] }))
const agentClaims = {
  sub: 'system:serviceaccount:agents:assistant',
  'kubernetes.io': { serviceaccount: { uid: '5b0a1f6e-6a37-4d5a-9a55-0d6b6f0e7a11' } },
}
const agent = write('agent.json', JSON.stringify(agentClaims))
const explain = (...more: readonly string[]) =>
  runCli([
    ...['explain', '--trust', TRUST, '--issuer', 'people', '--claims', person],
    ...['--at', '2026-12-01T00:00:00Z', ...more],
  ])

test('explain shows who would act', async () => {
  const { stdout, exitCode } = await explain('--actor-issuer', 'cluster', '--actor-claims', agent)
  expect(exitCode).toBe(0)
  expect(stdout).toContain('granted by the rule agent-for-staff')
  expect(stdout).toContain('act: {"iss":"https://oidc.cluster.example.com","sub":"system:')
  expect(stdout).toContain(
    'staff: does not match: it has no acting_as, and the request has an actor',
  )
  expect((await explain()).stdout).toContain('granted by the rule staff')
})

test.each([
  [['--actor-issuer', 'cluster'], '--actor-claims'],
  [['--actor-claims', agent], '--actor-issuer'],
])('explain needs issuer and claims of the actor: %j', async (flags, missing) => {
  const { exitCode, stderr } = await explain(...flags)
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(missing)])
})

const fixtureOf = (one: object) =>
  JSON.stringify({
    trust: `${process.cwd()}/${TRUST}`,
    at: '2026-12-01T00:00:00Z',
    cases: [{ name: 'c', issuer: 'people', claims: { sub: 'u' }, request: {}, ...one }],
  })

test.each([
  [{ actor: { claims: {} }, expect: { decision: 'denied' } }, 'must be a string'],
  [{ actor: { issuer: 'cluster' }, expect: { decision: 'denied' } }, 'needs either claims or'],
  [
    { actor: { issuer: 'cluster', claims: {}, x: 1 }, expect: { decision: 'denied' } },
    'unknown key',
  ],
  [{ expect: { decision: 'granted', act: 'x' } }, 'must be an object'],
])('a test file with a wrong actor is refused: %j', async (one, message) => {
  const { exitCode, stderr, stdout } = await runCli(['test', write('a.test.yaml', fixtureOf(one))])
  expect(exitCode).not.toBe(0)
  expect(stdout + stderr).toContain(message)
})

test('ask who names the actor that a rule demands', async () => {
  const asked = ['ask', 'who', '--resource', 'https://files.example.com/v1', '--trust', TRUST]
  const { stdout } = await runCli([...asked, '--at', '2026-12-01T00:00:00Z'])
  expect(stdout).toContain('acting for it: {"from":"cluster","when":{"sub":"system:serviceaccount:')
})
