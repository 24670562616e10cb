/** Basic or Bearer: chosen by what git supports and what the server offers. */
import { expect, test } from 'vitest'
import { parseGitRequest } from '../../../src/cli/workload/credentials/git.ts'
import { startGateway } from '../support/gateway.ts'
import { grant, TOKEN, workloadOf } from '../support/helper.ts'
import { runCli } from '../support/run.ts'

const gateway = await startGateway()
const HTTPS = ['protocol=https', 'host=git.example.com']
const CAPABLE = ['capability[]=authtype', 'capability[]=state', ...HTTPS]
const BASIC = ['username=edgemint', `password=${TOKEN}`]
const BEARER = ['capability[]=authtype', 'authtype=Bearer', `credential=${TOKEN}`, 'ephemeral=1']

async function ask(lines: readonly string[], flags: readonly string[] = []) {
  gateway.answer(grant)
  const args = ['credential', 'git', '--host', 'git.example.com', ...flags, 'get']
  const { stdout } = await runCli(args, workloadOf(gateway, `${lines.join('\n')}\n\n`))
  const answer = stdout.trimEnd().split('\n')
  expect(answer.at(-1)).toMatch(/^password_expiry_utc=[0-9]+$/)
  return answer.slice(0, -1)
}

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ['Basic before the server has sent a challenge', CAPABLE, [], BASIC],
  ['Basic when the server offers only Basic', [...CAPABLE, 'wwwauth[]=Basic realm="x"'], [], BASIC],
  ['Bearer when the server offers it', [...CAPABLE, 'wwwauth[]=Bearer'], [], BEARER],
  [
    'Bearer in a second line, with state of an earlier round',
    [
      ...CAPABLE,
      'wwwauth[]=Basic realm="x"',
      'wwwauth[]=Bearer',
      'state[]=edgemint.1',
      'continue=0',
    ],
    [],
    BEARER,
  ],
  ['Basic when git supports only Basic', [...HTTPS, 'wwwauth[]=Bearer'], [], BASIC],
  [
    'Basic after the capabilities were taken back',
    [...CAPABLE, 'capability[]=', 'wwwauth[]=Bearer'],
    [],
    BASIC,
  ],
  ['Basic by the flag', [...CAPABLE, 'wwwauth[]=Bearer'], ['--auth', 'basic'], BASIC],
  ['Bearer by the flag', CAPABLE, ['--auth', 'bearer'], BEARER],
])('answers with %s', async (_name, lines, flags, answer) => {
  expect(await ask(lines, flags)).toEqual(answer)
})

test.each([
  'Bearer',
  'bearer realm="x"',
  'BEARER error="invalid_token", scope="a b"',
  'Basic realm="x", Bearer realm="y"',
  'Negotiate, Bearer',
  'Negotiate abc==,Basic realm="a, b" , bearer',
  'Basic realm="a \\"quoted\\" word", Bearer',
])('finds Bearer in the challenges %s', (line) => {
  expect(parseGitRequest(`wwwauth[]=${line}`).isBearerOffered).toBe(true)
})

test.each([
  'Basic realm="Bearer"',
  'Basic realm="x, Bearer, y"',
  'Basic realm="x \\", Bearer"',
  'Basic realm="open, Bearer',
  'Basic realm=x, bearer=y',
  'Basic realm=x, bearer = y',
  'XBearer, Bearer2, Bearer-Token realm="x"',
  'Basic Bearer',
  '',
])('finds no Bearer in the challenges %s', (line) => {
  expect(parseGitRequest(`wwwauth[]=${line}`).isBearerOffered).toBe(false)
})

test('forgets the challenges before an empty one', () => {
  const lines = ['wwwauth[]=Bearer', 'wwwauth[]=', 'wwwauth[]=Basic']
  expect(parseGitRequest(lines.join('\n')).isBearerOffered).toBe(false)
})
