import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { grant, isEndOfToken, REFUSED, refuse, TOKEN, workloadOf } from '../support/helper.ts'
import { runCli } from '../support/run.ts'

const gateway = await startGateway()
const V1 = 'client.authentication.k8s.io/v1'

function ask(info?: unknown) {
  const text = typeof info === 'string' ? info : JSON.stringify(info)
  const more = info === undefined ? {} : { KUBERNETES_EXEC_INFO: text }
  return runCli(['credential', 'kubectl'], workloadOf(gateway, '', more))
}

const infoOf = (apiVersion: string) => ({
  apiVersion,
  kind: 'ExecCredential',
  spec: { interactive: false, cluster: { server: 'https://k8s.example.com' } },
})

test.each([
  ['v1 without KUBERNETES_EXEC_INFO', undefined, V1],
  ['v1 when it is requested', infoOf(V1), V1],
  ['v1beta1 when it is requested', infoOf(`${V1}beta1`), `${V1}beta1`],
])('answers in %s', async (_name, info, apiVersion) => {
  gateway.answer(grant)
  const before = Date.now()
  const { stdout, stderr, exitCode } = await ask(info)
  const answer = JSON.parse(stdout)
  expect(answer).toEqual({
    apiVersion,
    kind: 'ExecCredential',
    status: { token: TOKEN, expirationTimestamp: answer.status.expirationTimestamp },
  })
  expect(answer.status.expirationTimestamp).toMatch(/^[0-9-]+T[0-9:]+Z$/)
  const ends = Date.parse(answer.status.expirationTimestamp) / 1000
  expect(isEndOfToken(ends, before, Date.now())).toBe(true)
  expect([stderr, exitCode]).toEqual(['', 0])
})

test.each<[string, unknown, string]>([
  [
    'an older version',
    infoOf(`${V1}alpha1`),
    'KUBERNETES_EXEC_INFO asks for a version that is not supported',
  ],
  [
    'a newer version',
    infoOf('client.authentication.k8s.io/v2'),
    'KUBERNETES_EXEC_INFO asks for a version that is not supported',
  ],
  ['another kind', { ...infoOf(V1), kind: 'Pod' }, 'KUBERNETES_EXEC_INFO is not an ExecCredential'],
  ['no JSON', '{', 'KUBERNETES_EXEC_INFO is not a JSON object'],
  ['no object', 'null', 'KUBERNETES_EXEC_INFO is not a JSON object'],
])('refuses %s before the exchange', async (_name, info, sentence) => {
  gateway.answer(grant)
  const { stdout, stderr, exitCode } = await ask(info)
  expect([stdout, exitCode, gateway.asked.length]).toEqual(['', 2, 0])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence}`)
})

test('reports a refusal on stderr, which kubectl shows', async () => {
  gateway.answer(refuse)
  const { stdout, stderr, exitCode } = await ask(infoOf(V1))
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(stderr).toBe(`edgemint: ${REFUSED}\nedgemint: hint: the decision is dec_2\n`)
})
