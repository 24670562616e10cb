/** Which of the tokens that outlive their task still live: a revoked one does not. */
import { describe, expect, it } from 'vitest'
import { type Asked, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]

const NOW = Math.floor(Date.now() / 1000)
const REVOKED = NOW - 60
const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

const record = (token: string, change: object = {}) => ({
  ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: (NOW - 600) * 1000, outcome: 'granted' },
  ...{ rule: 'deploy', issuer: 'github', issuer_url: 'https://ci.example.com', subject: 'repo:a' },
  ...{ key_id: 'k1', token_id: token },
  ...{ expires_at: NOW + 3000, subject_token_expires_at: NOW - 300 },
  ...change,
})
const coarse = (grain: string, id: string, change: object = {}) => ({
  ...{ grain, id, reason: 'leaked', revoked_by: 'people:ada', stops_issuing: false },
  ...{ issued_before: REVOKED, revoked_at: REVOKED, expires_at: NOW + 3600 },
  ...change,
})
const single = (id: string) => ({ grain: 'token', id, revoked_at: REVOKED, expires_at: NOW + 3000 })

type World = {
  readonly decisions: readonly object[]
  readonly revocations?: readonly object[]
  /** Undefined: the token may not read them. */
  readonly rows?: readonly object[] | undefined
}

function serve({ decisions, revocations = [], ...world }: World): void {
  gateway.answer(({ path }: Asked) => {
    const detail = 'this needs the scope revocations:write'
    const { rows } = 'rows' in world ? world : { rows: [] }
    switch (path.split('?')[0]) {
      case '/admin/v1/decisions':
        return { status: 200, body: { decisions, from: 0, to: 1, complete: true } }
      case '/admin/v1/revocations':
        return { status: 200, body: { revocations, tokens: rows?.length ?? 1 } }
      default:
        return rows === undefined
          ? { status: 403, body: { detail } }
          : { status: 200, body: { v: 1, rows } }
    }
  })
}

async function states(...args: readonly string[]) {
  const { stdout, stderr } = await runCli(['ask', 'outliving', '--json', ...flags, ...args])
  const { tokens } = JSON.parse(stdout) as { tokens: { token_id: string; state: string }[] }
  return { states: tokens.map(({ token_id: id, state }) => `${id} ${state}`), stderr }
}

describe('edgemint ask outliving of revoked tokens', () => {
  it('names when a token was revoked, and counts those that are', async () => {
    serve({ decisions: [record('a'), record('b')], rows: [single('a')] })
    const { stdout, stderr } = await runCli(['ask', 'outliving', ...flags])
    const line = (token: string, revoked: string) =>
      `3300 s  until ${isoOf(NOW + 3000)}${revoked}  deploy  -  repo:a  ${token}  dec_AQGiIpBI__ARrf0R24hOWA\n`
    expect(stdout).toBe(line('a', `, revoked ${isoOf(REVOKED)}`) + line('b', ''))
    expect(stderr).toBe(
      'edgemint: 2 of 2 tokens outlive their subject token\nedgemint: 1 of them is revoked\n',
    )
  })

  it.each([
    ['its rule', coarse('rule', 'deploy')],
    ['its subject', coarse('subject', 'repo:a')],
    ['its issuer', coarse('issuer', 'https://ci.example.com')],
    ['its key', coarse('key', 'k1')],
    ['everything', coarse('all', '*')],
    [
      'its rule, after which issuing has stopped',
      coarse('rule', 'deploy', { stops_issuing: true }),
    ],
  ])('knows a token that a revocation of %s ended', async (_, row) => {
    serve({ decisions: [record('a')], revocations: [row] })
    expect((await states()).states).toEqual(['a revoked'])
  })

  it.each([
    ['another rule', coarse('rule', 'other')],
    ['earlier tokens', coarse('rule', 'deploy', { issued_before: NOW - 600 })],
  ])('calls a token live that a revocation of %s does not name', async (_, row) => {
    serve({ decisions: [record('a')], revocations: [row] })
    expect((await states()).states).toEqual(['a live'])
  })

  it('follows a token to those that it was issued from', async () => {
    const own = { issuer: 'self', rule: 'narrow', issuer_url: gateway.url, subject: 'x' }
    const acting = { issuer: 'self', issuer_url: gateway.url, subject: 'agent' }
    const actor = { ...acting, token_id: 'a', token_expires_at: NOW }
    const child = record('b', { ...own, parent_token_id: 'a' })
    const acted = record('c', { actor, rule: 'act', subject: 'y' })
    const grandchild = record('d', { ...own, parent_token_id: 'b' })
    const decisions = [grandchild, acted, child, record('a')]
    serve({ decisions, revocations: [coarse('rule', 'deploy')] })
    expect((await states()).states).toEqual(['d revoked', 'c revoked', 'b revoked', 'a revoked'])
    serve({ decisions: [child], rows: [single('a')] })
    expect((await states()).states).toEqual(['b revoked'])
    serve({ decisions: [child] })
    const { states: alone, stderr } = await states()
    expect(alone).toEqual(['b unknown'])
    expect(stderr).toContain('1 of them may be revoked: the token that it was exchanged for')
  })

  it('says that it may not read revocations', async () => {
    serve({ decisions: [record('a')], rows: undefined })
    const { states: unknown, stderr } = await states()
    expect(unknown).toEqual(['a unknown'])
    expect(stderr).toContain(
      '1 of them may be revoked: refused: this needs the scope revocations:write (403)',
    )
  })

  it('asks for no revocations if all tokens have expired', async () => {
    serve({ decisions: [record('a', { expires_at: NOW - 1 })] })
    expect((await states()).states).toEqual(['a expired'])
    expect(gateway.asked).toHaveLength(1)
  })
})
