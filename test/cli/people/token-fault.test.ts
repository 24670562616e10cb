/** What a command says of an admin token that the gateway refuses. */
import { describe, expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const detail = 'a valid token of this gateway for its admin API is required'
const PAST = 1_700_000_000
const FUTURE = 4_000_000_000

function jwt(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(claims)}.c2lnbmF0dXJl`
}

async function hintsFor(token: string, ...command: readonly string[]): Promise<readonly string[]> {
  gateway.answer(() => ({ status: 401, body: { title: 'Unauthorized', status: 401, detail } }))
  const file = write('admin.jwt', token)
  const { stderr } = await runCli([...command, '--url', gateway.url, '--token-file', file])
  const [first, ...hints] = stderr.trim().split('\n')
  expect(first).toBe(`edgemint: refused: ${detail} (401)`)
  return hints.slice(0, -2)
}

describe('a command with an admin token that is refused', () => {
  it.each([['posture'], ['rollback', '1'], ['keys', 'list'], ['decisions', 'list']])(
    'says that it expired: %s %s',
    async (...command) => {
      const token = jwt({ iss: gateway.url, exp: PAST })
      expect(await hintsFor(token, ...command.filter(Boolean))).toEqual([
        'edgemint: hint: the token expired at 2023-11-14T22:13:20Z, by the clock of this machine',
      ])
    },
  )

  it.each([PAST, FUTURE])(
    'says that it is the token of a platform, with the end %s',
    async (exp) => {
      const token = jwt({ iss: 'https://token.actions.githubusercontent.com', exp })
      expect(await hintsFor(token, 'posture')).toEqual([
        'edgemint: hint: the token is from https://token.actions.githubusercontent.com, and only a token that the gateway has issued is accepted',
      ])
    },
  )

  it.each([
    ['a token that says nothing of the reason', jwt({ iss: gateway.url, exp: FUTURE })],
    ['a token without claims', jwt({})],
    ['another text', 'admin.token.text'],
  ])('adds nothing for %s', async (_, token) => {
    expect(await hintsFor(token, 'posture')).toEqual([])
  })
})
