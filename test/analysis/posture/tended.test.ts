import { describe, expect, it } from 'vitest'
import { examinePosture } from '../../../src/analysis/posture/posture.ts'
import type { FetchedKeysReport, IssuerReport } from '../../../src/contract/admin.ts'
import { API, compile, DAY, documentOf, findingsOf, NOW, namesOf, rule, used } from './world.ts'

const iso = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
const ending = (seconds: number) => documentOf(rule('deploy', { expires: iso(NOW + seconds) }))

describe('the end of a rule', () => {
  it.each<[string, number, readonly string[]]>([
    ['in more than a month', 31 * DAY + 1, []],
    ['in a month', 31 * DAY, ['POS-04 info deploy']],
    ['in two weeks', 14 * DAY, ['POS-04 warn deploy']],
    ['now', 0, ['POS-05 info deploy', 'POS-06 info platform@example.com']],
  ])('is reported a month before, more strongly two weeks before: %s', (_, seconds, expected) => {
    expect(namesOf({ document: ending(seconds) })).toEqual(expected)
  })

  it('is said in days, with who decides', () => {
    const [finding] = findingsOf({ document: ending(14 * DAY) })
    expect(finding).toMatchObject({
      message: 'it ends in 14 days',
      fix: expect.stringContaining('Ask platform@example.com'),
    })
    expect(findingsOf({ document: ending(60) })[0]?.message).toBe('it ends in less than a day')
  })

  it('is a warning for a deny rule, because what it refused is granted again', () => {
    const deny = { name: 'no', effect: 'deny', owner: 'x', from: 'github' }
    const ended = { ...deny, when: { ref: 'refs/heads/x' }, expires: '2027-01-01' }
    expect(namesOf({ document: documentOf(rule('deploy'), ended) })).toEqual(['POS-05 warn no'])
  })
})

describe('an owner', () => {
  it('is missing for a deny rule', () => {
    const deny = { name: 'no', effect: 'deny', from: 'github', when: { ref: 'refs/heads/x' } }
    expect(namesOf({ document: documentOf(rule('deploy'), deny) })).toEqual(['POS-06 info no'])
  })

  it('has write access to too many resources', () => {
    const uris = Array.from({ length: 11 }, (_, index) => `https://api.example.com/${index}`)
    const write = (uri: string, scope: string) =>
      rule(`to-${uri.slice(24)}`, { grant: { resource: uri, scopes: [scope] } })
    const documentFor = (scope: string) => ({
      ...documentOf(...uris.map((uri) => write(uri, scope))),
      resources: Object.fromEntries(uris.map((uri) => [uri, { scopes: ['x:write', 'x:read'] }])),
    })
    const about = (scope: string) =>
      findingsOf({ document: documentFor(scope) }).filter(({ id }) => id === 'POS-07')
    expect(about('x:read')).toEqual([])
    expect(about('x:write')).toMatchObject([
      {
        subject: { kind: 'owner', name: 'platform@example.com' },
        message: 'owns 11 rules, with write access to 11 resources',
      },
    ])
  })
})

describe('what a rule rests on', () => {
  const names = { repository: 'acme/api', ref: 'refs/heads/main' }

  it('is names alone', () => {
    const document = documentOf(rule('deploy', { when: names }))
    expect(namesOf({ document })).toEqual(['POS-10 error deploy'])
    const condition = 'claims.repository_id == "456789012"'
    const more = documentOf(rule('deploy', { when: names, condition }))
    expect(findingsOf({ document: more })).toMatchObject([
      { id: 'POS-10', severity: 'info', message: expect.stringContaining('unless its condition') },
    ])
  })

  it('is names alone of the actor', () => {
    const actor = (when: object) =>
      documentOf(rule('deploy', { acting_as: { from: 'github', when } }))
    expect(namesOf({ document: actor({ repository_id: '7' }) })).toEqual([])
    expect(findingsOf({ document: actor(names) })).toMatchObject([
      {
        id: 'POS-10',
        severity: 'error',
        message: expect.stringMatching(/^of the actor: only names/),
      },
    ])
  })

  it('is an accepted risk, with its reason', () => {
    const accept = [{ lint: 'LINT-09', reason: 'The organization is ours.' }]
    const document = documentOf(rule('deploy', { when: names, accept }))
    expect(
      findingsOf({ document }).map(({ id, severity, message }) => [id, severity, message]),
    ).toEqual([
      ['POS-10', 'info', expect.stringContaining('only names identify the holder')],
      ['POS-11', 'info', 'LINT-09 is accepted: The organization is ours.'],
    ])
  })
})

describe('an entry without a rule', () => {
  it('is an issuer or a resource', () => {
    const document = {
      ...documentOf(rule('deploy')),
      issuers: { github: { provider: 'github-actions' }, gitlab: { provider: 'gitlab-com' } },
      resources: {
        [API]: { scopes: ['deploy:read', 'deploy:write'] },
        'https://b.example.com/v1': { scopes: ['x'] },
      },
    }
    expect(namesOf({ document })).toEqual([
      'POS-15 info gitlab',
      'POS-15 info https://b.example.com/v1',
    ])
  })
})

describe('an issuer of actors', () => {
  it('has a rule', () => {
    const acting = { from: 'agents', when: { sub: 'a' } }
    const document = {
      ...documentOf(rule('deploy', { acting_as: acting })),
      issuers: {
        github: { provider: 'github-actions' },
        agents: { provider: 'generic-oidc', issuer: 'https://agents.example.com' },
      },
    }
    expect(namesOf({ document })).toEqual([])
  })
})

describe('an issuer', () => {
  const keys = { kind: 'fetched', state: 'stale' } as unknown as FetchedKeysReport
  const report = (state: string, warnings: readonly string[]): IssuerReport => ({
    ...{ name: 'github', source: 'document', url: 'https://x', provider: 'github-actions' },
    ...{ audience: 'a', decisions: { granted: 0, denied: 0, since: null }, warnings },
    keys: { ...keys, state } as FetchedKeysReport,
  })

  it('is a warning while its keys cannot be fetched, and an error once they have expired', () => {
    expect(namesOf({ issuers: [report('fresh', [])] })).toEqual([])
    expect(
      namesOf({ issuers: [report('stale', ['fetching its keys has failed 3 times: x'])] }),
    ).toEqual(['POS-12 warn github'])
    expect(findingsOf({ issuers: [report('expired', ['a', 'b'])] })).toMatchObject([
      { id: 'POS-12', severity: 'error', message: 'a; b', path: ['issuers', 'github'] },
    ])
  })
})

describe('a signing key', () => {
  const key = { key_id: 'k1', algorithm: 'ES256', activates_at: NOW - DAY, retires_at: NOW + DAY }
  const next = { ...key, key_id: 'k2', activates_at: NOW + DAY, retires_at: NOW + 9 * DAY }

  it.each<[string, readonly (typeof key | { retires_at: null })[], readonly string[]]>([
    ['with a successor', [key, next], []],
    ['without one', [key], ['POS-13 warn k1']],
    [
      'whose successor comes too late',
      [key, { ...next, activates_at: NOW + 2 * DAY }],
      ['POS-13 warn k1'],
    ],
    [
      'whose successor has another algorithm',
      [key, { ...next, algorithm: 'RS256' }],
      ['POS-13 warn k1'],
    ],
    ['without an end', [{ ...key, retires_at: null }], ['POS-13 info k1']],
    [
      'without an end, for more than a year',
      [{ ...key, activates_at: NOW - 366 * DAY, retires_at: null }],
      ['POS-13 warn k1'],
    ],
    ['that is not active yet', [next], ['POS-13 error ']],
    [
      'whose successor names the same algorithm differently',
      [
        { ...key, algorithm: 'EdDSA' },
        { ...next, algorithm: 'Ed25519' },
      ],
      [],
    ],
  ])('is reported if its successor is missing or late: %s', (_, keys, expected) => {
    expect(namesOf({ keys: keys as (typeof key)[] })).toEqual(expected)
  })
})

describe('a stored document of which a part is left out', () => {
  it('has findings with the places and the rules of the document', () => {
    const source = rule('deploy')
    const whole = documentOf({ name: 'broken' }, source)
    const rest = documentOf(source)
    const input = {
      ...{ trust: compile(rest), document: whole, at: NOW, unusedDays: 30, issuers: [], keys: [] },
      usage: { state: 'on' as const, since: NOW - 60 * DAY, rights: used().slice(0, 1) },
    }
    const { findings } = examinePosture(input, 1)
    expect(findings.find(({ id }) => id === 'POS-03')).toMatchObject({
      path: ['rules', 1],
      narrower: { ...source, grant: { ...source.grant, scopes: ['deploy:read'] } },
    })
  })
})

describe('a stored document in an unusual form', () => {
  it('still has a report', () => {
    const input = {
      ...{ document: { rules: 'x' }, at: NOW, unusedDays: 30, issuers: [], keys: [] },
      usage: { state: 'on' as const, since: NOW - 60 * DAY, rights: used() },
      trust: { issuers: new Map(), resources: new Map(), targets: new Map(), rules: [] },
    }
    expect(examinePosture(input, 0).findings).toEqual([])
  })
})
