/** `serve --admin-login`: people of a local issuer administer a local gateway. */
import { describe, expect, it } from 'vitest'
import { runCli } from '../../support/run.ts'
import { prepareServe } from '../../support/serve.ts'

const PEOPLE = 'http://127.0.0.1:7600/people'
const { serve, newState } = prepareServe()

describe('serve --admin-login', () => {
  it('tells how people log in, before the issuer has answered', async () => {
    const args = ['--state', newState(), '--local-issuers', '--admin-login', PEOPLE]
    const { ready } = await serve(args, { MAX_RULE_EXPIRY_DAYS: '7' })
    const response = await fetch(`${String(ready.url)}/admin/v1/login`)
    expect(await response.json()).toEqual({
      issuer: PEOPLE,
      client_id: 'edgemint',
      scopes: ['openid', 'email', 'offline_access'],
      resource: ready.issuer,
    })
    // The policy is in force, so the admin API is on.
    expect((await fetch(`${String(ready.url)}/admin/v1/trust`)).status).toBe(401)
  })

  const flags = ['serve', '--port', '0', '--local-issuers', '--admin-login']
  const policy = JSON.stringify({
    issuers: { people: { provider: 'generic-oidc', issuer: PEOPLE, audience: 'other' } },
    rules: [],
  })
  it.each([
    [
      'a provider elsewhere',
      [...flags, 'https://idp.example.com'],
      {},
      '--admin-login must be an http URL on a loopback address',
    ],
    [
      'no --local-issuers',
      ['serve', '--port', '0', '--admin-login', PEOPLE],
      {},
      '--admin-login needs --local-issuers',
    ],
    [
      'ADMIN_LOGIN beside it',
      [...flags, PEOPLE],
      { ADMIN_LOGIN: '{}' },
      '--admin-login and ADMIN_LOGIN are both set: remove one',
    ],
    [
      'a policy for another client',
      [...flags, PEOPLE],
      { BOOTSTRAP_TRUST: policy },
      'ADMIN_LOGIN has another client_id than the "audience" of its issuer in BOOTSTRAP_TRUST: make them equal',
    ],
  ])('does not start with %s', async (_, args, environment, message) => {
    const { exitCode, stdout, stderr } = await runCli(args, { environment })
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr.split('\n')[0]).toBe(`edgemint: ${message}`)
  })
})
