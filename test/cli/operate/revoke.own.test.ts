/** What `revoke` says when the one token that it revokes is the admin token, or ends it. */
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const OWN = 'edgemint: your own admin token is among the revoked ones: get a new one\n'
const ANCESTOR = {
  jti: 'parent',
  client_id: 'owners',
  iat: 1,
  aud: 'https://sts.example.com',
  kid: 'k1',
}

/** Revokes the token with this `jti` by an admin token with these claims. */
async function revoke(jti: string, claims: object, ...flags: readonly string[]) {
  const token = `${encode({ alg: 'ES256' })}.${encode(claims)}.c2lnbmF0dXJl`
  const file = write('admin.jwt', token)
  const report = { jti, revoked_at: 1_795_000_000, expires_at: 1_795_086_520 }
  gateway.answer(() => ({ status: 200, body: report }))
  return runCli(['revoke', ...flags, '--url', gateway.url, '--token-file', file])
}

test.each<[string, string, object, boolean]>([
  ['the admin token', 'own', { jti: 'own' }, true],
  ['a token that it was exchanged for', 'parent', { jti: 'own', anc: [ANCESTOR] }, true],
  ['another token', 'other', { jti: 'own', anc: [ANCESTOR] }, false],
  ['another token, by an admin token without a jti', 'other', {}, false],
])(
  'says after the revocation of %s whether the admin token ended',
  async (_, jti, claims, ends) => {
    const { stderr, exitCode } = await revoke(jti, claims, '--jti', jti)
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`edgemint: ${jti} was revoked at `)
    expect(stderr.endsWith(OWN)).toBe(ends)
  },
)

test('says it too of a token that is named by its decision', async () => {
  const { stdout, stderr } = await revoke('own', { jti: 'own' }, '--decision', 'dec_x', '--json')
  expect(stderr.endsWith(OWN)).toBe(true)
  expect(JSON.parse(stdout)).toMatchObject({ jti: 'own' })
})
