import { exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PostureReport } from '../../../../src/contract/posture/report.ts'
import { PATHS } from '../../../../src/protocol/paths.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'
import { appendTo, createReader, recordOf } from '../../support/decisions.ts'
import { adminToken, applyTrust, readJson } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { API, trustFor } from '../../support/trust.ts'

const DAY = 86_400_000
const TWO = { DECISION_SHARDS: '2' }
const issuer = newIssuer()
let token: string

const ask = async (
  question: Readonly<Record<string, string>> = {},
  bindings: Readonly<Record<string, unknown>> = TWO,
) => createReader(token, bindings).ask(PATHS.adminPosture, question)

async function report(question?: Readonly<Record<string, string>>, bindings?: object) {
  const response = await ask(question, bindings as Readonly<Record<string, unknown>>)
  expect(response.status).toBe(200)
  return (await readJson(response)) as unknown as PostureReport
}

const about = ({ findings }: PostureReport, name: string) =>
  findings.filter(({ subject }) => subject.name === name).map(({ id }) => id)

beforeAll(async () => {
  const document = trustFor(issuer.url)
  const [deploy] = document.rules
  const rules = [...document.rules, { ...deploy, name: 'unused' }]
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  const keys = { jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'uploaded-1' }] } }
  const cluster = { provider: 'kubernetes', issuer: 'https://k8s.acme.internal', keys }
  await applyTrust({ ...document, rules, issuers: { ...document.issuers, cluster } })
  token = await adminToken()
  const used = { resource: API, scopes: ['deploy:read'] }
  const lives = { expires_at: 2000, subject_token_expires_at: 500 }
  await appendTo(0, [recordOf(0, Date.now() - 60 * DAY, { ...used, ...lives })])
  await appendTo(1, [recordOf(1, Date.now() - DAY, used)])
})

describe('GET /admin/v1/posture', () => {
  it('reports the use of all shards with what to do', async () => {
    const posture = await report()
    expect(posture).toMatchObject({ revision: 1, unused_days: 30, usage: { state: 'on' } })
    expect(posture.usage.rights).toEqual([
      {
        ...{ rule: 'deploy', resource: API, scope: 'deploy:read', granted: 2 },
        ...{ last_at: expect.any(Number), outlived_seconds: 1500 },
      },
    ])
    expect(about(posture, 'unused')).toContain('POS-01')
    expect(about(posture, 'deploy')).toEqual(['POS-03', 'POS-08'])
    const [narrow] = posture.findings.filter(({ id }) => id === 'POS-03')
    expect(narrow?.narrower).toMatchObject({
      ...{ name: 'deploy', when: { ref: 'refs/heads/main' } },
      grant: { resource: API, scopes: ['deploy:read'], lifetime: '10m' },
    })
    expect(posture.mapping['POS-01']).toMatchObject({ owasp_nhi: ['NHI1', 'NHI5'] })
  })

  it('has the issuers and the keys of the gateway', async () => {
    const posture = await report()
    // It has no rule, and its keys have no end.
    expect(about(posture, 'cluster')).toEqual(['POS-12', 'POS-15'])
    expect(posture.findings.filter(({ subject }) => subject.kind === 'key')).toMatchObject([
      { id: 'POS-13', severity: 'info' },
    ])
    expect(JSON.stringify(posture)).not.toContain('"d"')
  })

  it('says that nothing is known about use without a decision log', async () => {
    const posture = await report({}, { DECISION_LOG: undefined })
    expect(posture.usage).toEqual({ state: 'off', since: null, rights: [] })
    const ids = posture.findings.map(({ id }) => id)
    expect(ids).toContain('POS-14')
    expect(ids).not.toContain('POS-01')
  })

  it('calls no right unused if one shard has more rights than one answer may have', async () => {
    const shard = (isPartial: boolean) => ({
      countShards: async () => 1,
      usage: async () => ({ rows: [], isPartial, since: 0 }),
    })
    const DECISION_LOG = { getByName: (name: string) => shard(name === 'decisions-1') }
    const posture = await report({}, { ...TWO, DECISION_LOG })
    expect(posture.usage).toEqual({ state: 'partial', since: 0, rights: [] })
    expect(about(posture, 'unused')).toEqual([])
    expect(posture.findings).toContainEqual(
      expect.objectContaining({ id: 'POS-14', severity: 'warn' }),
    )
  })

  it('says which part of the asked time the log has', async () => {
    const posture = await report({ unused_days: '90' })
    expect(posture.findings).toContainEqual(
      expect.objectContaining({ id: 'POS-14', message: expect.stringContaining('of 90') }),
    )
  })

  it.each(['0', '400', '3650', 'x', '-1', '1.5'])('refuses %s days', async (days) => {
    const response = await ask({ unused_days: days })
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      detail: expect.stringContaining('nothing was examined'),
      problems: [{ path: ['unused_days'], message: expect.stringContaining('from 1 to 399') }],
    })
  })

  it('is unavailable if a shard does not answer, because a right would look unused', async () => {
    shortenDeadlines()
    const stub = { countShards: async () => 1, usage: () => new Promise(() => {}) }
    const DECISION_LOG = { getByName: () => stub }
    expect((await ask({}, { ...TWO, DECISION_LOG })).status).toBe(503)
  })
})
