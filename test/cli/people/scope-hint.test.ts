/** What commands say if an admin token lacks a scope. */
import { expect, test } from 'vitest'
import { findScopeHint } from '../../../src/cli/people/scope-hint.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const WHOAMI = '; to see the role of your login: npx edgemint whoami --help'

function hintOf(scope: string, status = 403): string | undefined {
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`
  return findScopeHint(status, new Headers({ 'www-authenticate': challenge }))
}

test.each([
  ['trust:read', 'the roles viewer, editor, approver and owner have it'],
  ['trust:plan', 'the roles editor, approver and owner have it'],
  ['trust:write', 'the roles approver and owner have it'],
  ['revocations:write', 'only the role owner has it'],
])('names the roles that have %s', (scope, roles) => {
  expect(hintOf(scope)).toBe(`${roles}${WHOAMI}`)
})

test('gives no hint for another scope, another status or no challenge', () => {
  expect(hintOf('deploy:write')).toBeUndefined()
  expect(hintOf('trust:write', 401)).toBeUndefined()
  expect(findScopeHint(403, new Headers())).toBeUndefined()
})

test('a command that is refused for a scope gives the hint', async () => {
  const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
  const detail = 'the scope revocations:write is required'
  gateway.answer(() => ({
    status: 403,
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="revocations:write"' },
    body: { type: 'about:blank', title: 'x', status: 403, detail },
  }))
  const { stderr, exitCode } = await runCli(['revoke', '--jti', 'x', ...flags])
  const hint = `edgemint: hint: only the role owner has it${WHOAMI}\n`
  expect([stderr, exitCode]).toEqual([`edgemint: refused: ${detail} (403)\n${hint}`, 1])
})
