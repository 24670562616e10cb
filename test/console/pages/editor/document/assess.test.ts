/** A draft is checked, compared and replayed in the browser. */
import { describe, expect, it } from 'vitest'
import {
  assess,
  type Base,
  createBase,
} from '../../../../../src/console/pages/editor/document/assess.ts'
import { findImpact } from '../../../../../src/console/pages/editor/document/impact.ts'
import { readText } from '../../../../../src/console/pages/editor/document/text.ts'
import type { DecisionRecord } from '../../../../../src/contract/decisions/record.ts'

const AT = 1_790_000_000
const GATEWAY = 'https://sts.example.com'
const documentOf = (environment: string, scopes = 'deploy:write') => `version: 1
issuers:
  github: { provider: github-actions }
resources:
  https://api.example.com: { scopes: [deploy:read, deploy:write] }
rules:
  - name: deploy
    owner: platform@example.com
    expires: "2026-12-31"
    from: github
    when:
      repository_owner_id: "4411"
      repository_id: "8123456"
      ref: refs/heads/main
      environment: ${environment}
    grant: { resource: https://api.example.com, scopes: [${scopes}] }
`

function baseOf(text: string): Base {
  const read = readText(text)
  if (!read.ok) throw new Error('the document has problems')
  return createBase(3, read.value.value, GATEWAY)
}
const BASE = baseOf(documentOf('production'))

describe('a draft', () => {
  it('without a change has no differences', () => {
    expect(assess(documentOf('production'), BASE, AT)).toMatchObject({ kind: 'valid', changes: [] })
  })

  it('with a problem has its place', () => {
    const text = documentOf('production').replace('from: github', 'from: gitlab')
    const assessed = assess(text, BASE, AT)
    expect(assessed).toMatchObject({ kind: 'refused', problems: [{ line: 10, column: 5 }] })
  })

  it('has its differences with their effect', () => {
    const wider = documentOf('production', 'deploy:read, deploy:write')
    expect(assess(wider, BASE, AT)).toMatchObject({
      changes: [{ kind: 'changed', part: 'rule', name: 'deploy', effect: 'widened' }],
    })
  })

  it('has the findings that its change concerns', () => {
    const text = documentOf('production').replace(
      '      ref: refs/heads/main\n      environment: production\n',
      '',
    )
    const assessed = assess(text, BASE, AT)
    const { concerned = [] } = assessed.kind === 'valid' ? assessed.findings : {}
    expect(concerned.length).toBeGreaterThan(0)
    expect(concerned.every(({ rule }) => rule === 'deploy')).toBe(true)
    const unchanged = assess(text, baseOf(text), AT)
    expect(unchanged).toMatchObject({ findings: { concerned: [], others: concerned.length } })
  })
})

describe('the impact of a draft', () => {
  const record = (environment: string, minute: number): DecisionRecord => ({
    v: 1,
    id: `dec_${environment}${minute}`,
    at: (AT - 3600 + minute * 60) * 1000,
    ...{ outcome: 'granted', issuer: 'github', rule: 'deploy', revision: 3 },
    issuer_url: 'https://token.actions.githubusercontent.com',
    subject: `repo:acme/api:environment:${environment}`,
    resource: 'https://api.example.com',
    scopes: ['deploy:write'],
    all_claims: true,
    claims: {
      ...{ iss: 'https://token.actions.githubusercontent.com', environment },
      sub: `repo:acme/api:environment:${environment}`,
      ...{ repository_owner_id: '4411', repository_id: '8123456', ref: 'refs/heads/main' },
    },
    asked: { resource: 'https://api.example.com' },
  })
  const shards = [[record('production', 1), record('production', 2)], [record('staging', 3)]]

  it('names who loses and who gains, from every shard and page', async () => {
    const draft = assess(documentOf('staging'), BASE, AT)
    if (draft.kind === 'refused') throw new Error('the draft has problems')
    const progress: number[] = []
    const asked: string[] = []
    const { report, period, missing } = await findImpact({
      ...{ base: BASE, trust: draft.trust, seconds: 3600, at: AT },
      readShard: async (question) => {
        const { shard, cursor = '0', from, to } = Object.fromEntries(question)
        asked.push(`${from}-${to} ${shard}/${cursor}`)
        const all = shards[Number(shard)] ?? []
        const next = Number(cursor) + 1
        return {
          decisions: all.slice(Number(cursor), next),
          next: next < all.length ? String(next) : undefined,
          shards: shards.length,
          ...(shard === '0' ? { purged_to: 5, damaged_to: 7 + next } : { purged_to: 6 }),
        }
      },
      onProgress: (count) => progress.push(count),
    })
    expect(period).toEqual({ from: AT - 3600, to: AT + 1 })
    expect(asked).toEqual(['0/0', '0/1', '1/0'].map((page) => `${AT - 3600}-${AT + 1} ${page}`))
    expect(progress.at(-1)).toBe(2)
    expect(missing).toEqual({ purgedTo: 6, damagedTo: 9 })
    expect(report).toMatchObject({
      ...{ decisions: 3, replayed: 3 },
      loses: { decisions: 2, identities: [{ subject: 'repo:acme/api:environment:production' }] },
      gains: { decisions: 1, identities: [{ subject: 'repo:acme/api:environment:staging' }] },
    })
  })

  it('fails if a shard does not answer', async () => {
    const draft = assess(documentOf('staging'), BASE, AT)
    if (draft.kind === 'refused') throw new Error('the draft has problems')
    const impact = findImpact({
      ...{ base: BASE, trust: draft.trust, seconds: 60, at: AT },
      readShard: () => Promise.reject(new Error('unreachable')),
      onProgress: () => {},
    })
    await expect(impact).rejects.toThrow('unreachable')
  })
})
