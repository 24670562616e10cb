/** The playground reads claims, asks, and writes fixtures and rules. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assess, createBase } from '../../../../src/console/pages/editor/document/assess.ts'
import {
  decodeToken,
  fillFields,
  listFields,
  parseClaims,
  readFields,
} from '../../../../src/console/pages/playground/claims.ts'
import { readRequest } from '../../../../src/console/pages/playground/request.ts'
import {
  decideByDraft,
  findClaimSet,
  findProvider,
  suggestRule,
  writeFixture,
} from '../../../../src/console/pages/playground/tools.ts'

const AT = 1_790_000_700
const TRUST = `version: 1
issuers:
  github: { provider: github-actions }
resources:
  https://api.example.com: { scopes: [deploy:write] }
rules:
  - name: deploy
    owner: platform@example.com
    expires: "2027-03-31"
    from: github
    when: { repository_owner_id: "1234567", repository_id: "456789012", environment: production }
    grant: { resource: https://api.example.com, scopes: [deploy:write] }
`
const GITHUB = findProvider('github-actions')
const EXAMPLE = findClaimSet('github-actions')?.claims ?? {}

function draft() {
  const assessed = assess(TRUST, createBase(0, {}, 'https://sts.example.com'), AT)
  if (assessed.kind === 'refused') throw new Error(JSON.stringify(assessed.problems))
  return assessed.trust
}
const ask = {
  issuer: 'github',
  resource: 'https://api.example.com',
  scopes: '',
  rule: '',
  lifetime: '',
}

describe('the form of claims', () => {
  it('gives the claims of the example again', () => {
    if (GITHUB === undefined) throw new Error('no provider')
    const fields = listFields(GITHUB, EXAMPLE)
    const read = readFields(fields, fillFields(fields, EXAMPLE))
    const shown = Object.keys(EXAMPLE).filter((name) => fields.some((field) => field.name === name))
    // An empty claim is not distinguished from an absent one.
    const wanted = shown.filter((name) => EXAMPLE[name] !== '').map((name) => [name, EXAMPLE[name]])
    expect(read).toEqual({ ok: true, value: Object.fromEntries(wanted) })
    expect(shown.length).toBeGreaterThan(20)
  })

  it('keeps nested claims and the types of the platform', () => {
    const fields = [
      { name: 'kubernetes.io.namespace', path: ['kubernetes.io', 'namespace'], types: ['string'] },
      { name: 'count', path: ['count'], types: ['number'] },
      { name: 'id', path: ['id'], types: ['string'] },
      { name: 'groups', path: ['groups'], types: ['array'] },
    ] as const
    const values = new Map([
      ['kubernetes.io.namespace', 'prod'],
      ['count', '7'],
      ['id', '7'],
      ['groups', '["a"]'],
    ])
    expect(readFields(fields, values)).toEqual({
      ok: true,
      value: { 'kubernetes.io': { namespace: 'prod' }, count: 7, id: '7', groups: ['a'] },
    })
  })

  it('names the field whose value has another type', () => {
    const fields = [{ name: 'count', path: ['count'], types: ['number'] }] as const
    const read = readFields(fields, new Map([['count', 'seven']]))
    expect(read).toEqual({ ok: false, error: { field: 'count' } })
  })
})

describe('a pasted token', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it('is decoded, also with its scheme and with spaces around it', () => {
    const token = `${encode({ alg: 'RS256' })}.${encode({ sub: 'repo:acme/äpi' })}.c2ln`
    expect(decodeToken(`  Bearer ${token}\n`)).toEqual({ sub: 'repo:acme/äpi' })
  })

  it.each(['', 'a.b', 'a.b.c', `x.${Buffer.from('[]').toString('base64url')}.y`])(
    'is refused if it is no JWT: %j',
    (text) => {
      expect(decodeToken(text)).toBeUndefined()
    },
  )

  it.each(['[]', '"a"', '{'])('claims must be a JSON object, not %j', (text) => {
    expect(parseClaims(text)).toBeUndefined()
  })
})

describe('the question', () => {
  it('asks for nothing that is empty', () => {
    const request = readRequest({ ...ask, resource: '', scopes: ' ' }, {})
    expect(request).toEqual({ issuer: 'github', claims: {} })
  })

  it('has what was filled in', () => {
    const fields = { ...ask, scopes: 'a  b', rule: ' deploy ', lifetime: '300' }
    expect(readRequest(fields, {})).toMatchObject({
      ...{ scopes: ['a', 'b'], rule: 'deploy', lifetime_seconds: 300 },
    })
  })
})

describe('a decision by the draft', () => {
  it('has the trace of the evaluator of the gateway', () => {
    const granted = decideByDraft(draft(), readRequest(ask, EXAMPLE), AT)
    expect(granted).toMatchObject({ outcome: 'granted', evaluation: { rule: 'deploy' } })
    const claims = { ...EXAMPLE, environment: 'staging' }
    const denied = decideByDraft(draft(), readRequest(ask, claims), AT)
    expect(denied).toMatchObject({ outcome: 'denied', nearest_miss: 'deploy' })
    expect(denied.rules[0]?.sentence).toContain('environment must be')
  })

  it('becomes a fixture', () => {
    const request = readRequest(ask, EXAMPLE)
    const text = writeFixture(request, decideByDraft(draft(), request, AT), AT)
    expect(parse(text)).toMatchObject({
      trust: 'trust.yaml',
      at: '2026-09-21T14:25:00Z',
      cases: [
        {
          issuer: 'github',
          claims: { repository_id: '456789012' },
          request: { resource: 'https://api.example.com' },
          expect: { decision: 'granted', rule: 'deploy', scopes: ['deploy:write'], lifetime: 600 },
        },
      ],
    })
    expect(text).not.toContain('jti')
  })
})

describe('a suggested rule', () => {
  const request = {
    ...{ issuerName: 'github', providerId: 'github-actions', owner: 'me@example.com', at: AT },
    ...{ resource: 'https://api.example.com', scopes: ['deploy:write'] },
  }

  it('is YAML for the list of rules', () => {
    const suggested = suggestRule({ ...request, claims: EXAMPLE })
    expect('yaml' in suggested ? parse(suggested.yaml) : suggested).toMatchObject([
      { from: 'github', owner: 'me@example.com', when: { repository_id: '456789012' } },
    ])
  })

  it('says why there is none', () => {
    expect(suggestRule({ ...request, claims: {} })).toMatchObject({
      fault: expect.stringContaining('identify no workload'),
    })
    expect(suggestRule({ ...request, claims: {}, providerId: 'acme' })).toEqual({
      fault: 'no provider is called "acme"',
    })
  })
})
