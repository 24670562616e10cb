/** Tests of LINT-41 to LINT-48: what the consumers of issued tokens accept. */
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../../src/analysis/lint/finding.ts'
import { isBlocking } from '../../../../src/analysis/lint/lint.ts'
import { documentOf, findingsOf, ruleOf } from '../support/documents.ts'

type Json = Readonly<Record<string, unknown>>

/** The findings of the checks of consumers, for a careful rule that grants this resource. */
function findings(uri: string, resource: Json, grant: Json = {}, when: Json = {}) {
  const rule = ruleOf('github', {
    when,
    grant: { resource: uri, scopes: ['use'], subject: 'github:{repository_id}', ...grant },
  })
  const resources = { [uri]: { scopes: ['use'], ...resource } }
  return findingsOf({ ...documentOf('github'), resources, rules: [rule] }).flatMap(
    (one): Finding[] => {
      if (typeof one === 'string') throw new Error(one)
      return /^LINT-4[1-8]$/.test(one.lint) ? [one] : []
    },
  )
}

const idsOf = (...args: Parameters<typeof findings>) => findings(...args).map(({ lint }) => lint)

const AWS = 'https://sts.amazonaws.com/'
const API = 'https://api.example.com/v1'
const TAGS = 'https://aws.amazon.com/tags'
const tagsOf = (template: string) => ({
  claims: { [TAGS]: { principal_tags: { Tag: [template] } } },
})

describe('LINT-41', () => {
  it.each([
    [AWS, 'aws'],
    ['https://sts.amazonaws.com', 'aws'],
    ['https://iam.googleapis.com/projects/1/locations/global', 'google'],
    ['api://AzureADTokenExchange', 'entra'],
    ['https://account.snowflakecomputing.com', 'snowflake'],
    ['https://dbc.cloud.databricks.com', 'databricks'],
    ['https://adb-1.2.azuredatabricks.net', 'databricks'],
    ['https://fulcio.example.com', 'fulcio'],
  ])('names the preset for %s', (uri, preset) => {
    const [found] = findings(uri, {})
    expect(found).toMatchObject({
      lint: 'LINT-41',
      severity: 'info',
      path: ['resources', uri],
      fix: `Add for: ${preset}.`,
    })
    expect(found && isBlocking(found)).toBe(false)
  })

  it('recognizes an audience', () => {
    expect(idsOf(API, { audience: 'sigstore' })).toEqual(['LINT-41'])
    expect(idsOf(API, { audience: 'sts.amazonaws.com' })).toEqual(['LINT-41'])
    expect(idsOf('spiffe://example.org/a', {})).toEqual(['LINT-41'])
  })

  it.each([API, 'https://sts.amazonaws.com.example.com', 'https://fulciox.example.com'])(
    'leaves %s alone',
    (uri) => {
      expect(idsOf(uri, {})).toEqual([])
    },
  )
})

describe('LINT-42', () => {
  const google = { for: 'google' }

  it('reports a claim whose values the rule does not list', () => {
    const [found] = findings(API, google, { subject: 'github:{repository_id}:{workflow}' })
    expect(found).toMatchObject({ lint: 'LINT-42', path: ['rules', 0, 'grant', 'subject'] })
    expect(found?.message).toContain('127 bytes that google accepts: the rule does not list')
    expect(found?.message).toContain('workflow')
  })

  it.each([
    ['pinned claims', 'github:{repository_id}:{environment}', {}],
    ['a hash', 'github:{workflow|sha256}', {}],
    ['pinned values of 120 bytes', '{workflow}', { workflow: ['a', 'b'.repeat(120)] }],
  ])('leaves %s alone', (_, subject, when) => {
    expect(idsOf(API, google, { subject }, when)).toEqual([])
  })

  it('reports a pinned value that is too long', () => {
    const when = { workflow: ['a', 'b'.repeat(121)] }
    expect(idsOf(API, google, { subject: 'github:{workflow}' }, when)).toEqual(['LINT-42'])
  })

  it('reports a subject that can be too short', () => {
    expect(idsOf(API, { for: 'aws' }, { subject: '{workflow}' })).toEqual(['LINT-42'])
    expect(idsOf(API, { for: 'aws' }, { subject: 'abcd:{workflow}' })).toEqual([])
    const when = { workflow: ['deploy', 'publish'] }
    expect(idsOf(API, { for: 'aws' }, { subject: '{workflow}' }, when)).toEqual([])
  })

  it('needs no template', () => {
    expect(idsOf(API, google, { subject: undefined })).toEqual([])
  })
})

describe('LINT-43', () => {
  const spiffe = (template: string, when: Json = {}) =>
    idsOf('spiffe://example.org/a', { for: 'spiffe' }, { subject: template }, when)

  it('reports a claim that can break a SPIFFE ID', () => {
    expect(spiffe('spiffe://example.org/{repository_id}/{workflow}')).toEqual(['LINT-43'])
    expect(spiffe('spiffe://example.org/{repository_id}')).toEqual([])
    expect(spiffe('spiffe://example.org/{workflow|sha256}')).toEqual([])
    expect(spiffe('spiffe://example.org/{workflow}', { workflow: 'a b' })).toEqual(['LINT-43'])
    expect(spiffe('spiffe://example.org/{workflow}', { workflow: 'a-b' })).toEqual([])
  })

  it('reports a subject that can have the reserved start of Kubernetes', () => {
    const kubernetes = (subject: string, when: Json = {}) =>
      idsOf(API, { for: 'kubernetes' }, { subject }, when)
    expect(kubernetes('{workflow}:{repository_id}')).toEqual(['LINT-43'])
    expect(kubernetes('{workflow}:{repository_id}', { workflow: 'system' })).toEqual(['LINT-43'])
    expect(kubernetes('{workflow}:{repository_id}', { workflow: 'deploy' })).toEqual([])
    expect(kubernetes('job:{workflow}')).toEqual([])
    expect(kubernetes('{workflow|sha256}')).toEqual([])
  })
})

describe('LINT-44', () => {
  it('reports an audience that is not the usual one', () => {
    expect(findings(AWS, { for: 'aws', audience: 'aws-1' })).toMatchObject([
      { lint: 'LINT-44', path: ['resources', AWS, 'audience'] },
    ])
    expect(idsOf(AWS, { for: 'aws' })).toEqual([])
    expect(idsOf(AWS, { for: 'aws', audience: 'sts.amazonaws.com' })).toEqual([])
    expect(idsOf(API, { for: 'vault', audience: 'any' })).toEqual([])
  })

  it('reports a resource whose URI is not an audience of Entra', () => {
    expect(idsOf(API, { for: 'entra' })).toEqual(['LINT-44', 'LINT-48'])
    expect(idsOf('api://AzureADTokenExchangeChina', { for: 'entra' })).toEqual(['LINT-48'])
  })
})

describe('LINT-45', () => {
  it('reports a lifetime that is longer than the consumer needs', () => {
    const resource = { for: 'aws', max_lifetime: '1h' }
    expect(findings(AWS, resource, { lifetime: '11m' })).toMatchObject([
      { lint: 'LINT-45', path: ['rules', 0, 'grant', 'lifetime'] },
    ])
    expect(idsOf(AWS, resource, { lifetime: '10m' })).toEqual([])
  })

  it('reports a lifetime that is too short for Google’s client libraries', () => {
    const scopes = ['use', 'https://www.googleapis.com/auth/cloud-platform']
    const clients = (lifetime: string) =>
      idsOf(API, { for: 'google-clients' }, { scopes, lifetime })
    expect(clients('9m')).toEqual(['LINT-45'])
    expect(clients('10m')).toEqual([])
  })
})

describe('LINT-46', () => {
  const tags = (template: string, when: Json = {}) =>
    idsOf(AWS, { for: 'aws' }, tagsOf(template), when)

  it('reports a tag whose claim can have any character', () => {
    expect(findings(AWS, { for: 'aws' }, tagsOf('job:{workflow}'))).toMatchObject([
      {
        lint: 'LINT-46',
        path: ['rules', 0, 'grant', 'claims', TAGS, 'principal_tags', 'Tag', 0],
      },
    ])
    expect(tags('{workflow}', { workflow: 'a#b' })).toEqual(['LINT-46'])
    expect(tags('{workflow}', { workflow: 'a+b' })).toEqual([])
    expect(tags('{workflow|sha256}')).toEqual([])
    expect(tags('{repository_id}:{decision_id}')).toEqual([])
  })

  it('does not examine other claims', () => {
    expect(idsOf(AWS, { for: 'aws' }, { claims: { workflow: '{workflow}' } })).toEqual([])
    expect(idsOf(API, { for: 'vault' }, tagsOf('{workflow}'))).toEqual([])
  })
})

describe('LINT-47', () => {
  it('reports a grant without the scope that the clients request', () => {
    expect(findings(API, { for: 'google-clients' })).toMatchObject([
      { lint: 'LINT-47', path: ['rules', 0, 'grant', 'scopes'] },
    ])
    expect(idsOf(API, { for: 'vault' })).toEqual([])
  })
})

describe('LINT-48', () => {
  it('reports a consumer that needs a key besides ES256', () => {
    expect(findings('https://a.snowflakecomputing.com', { for: 'snowflake' })).toMatchObject([
      { lint: 'LINT-48', path: ['resources', 'https://a.snowflakecomputing.com', 'for'] },
    ])
    expect(idsOf(API, { for: 'openbao' })).toEqual([])
  })
})
