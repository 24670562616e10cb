import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'

const API = 'https://api.example.com'

function compile(from: string, when: object, budget: object, issuer: object = {}) {
  const compiled = compileTrust(
    {
      version: 1,
      issuers: from === 'self' ? {} : { ci: { provider: from, ...issuer } },
      resources: { [API]: { scopes: ['read'] } },
      rules: [
        {
          name: 'r',
          owner: 'x',
          expires: '2099-12-31',
          from: from === 'self' ? 'self' : 'ci',
          when,
          grant: { resource: API, scopes: ['read'], budget },
        },
      ],
    },
    CEILINGS,
  )
  if ('problems' in compiled)
    return compiled.problems.map(({ code, message }) => `${code}: ${message}`)
  return compiled.trust.rules[0]?.grant?.budget
}

describe('the claim that a budget counts by', () => {
  it.each([
    ['github-actions', { repository_id: '1' }, ['check_run_id']],
    ['gitlab-com', { project_id: '1' }, ['job_id']],
    ['buildkite', { pipeline_id: '1' }, ['job_id']],
    ['semaphore', { prj_id: '1' }, ['job_id']],
    ['depot-ci', { repository_id: '1' }, ['job_id']],
  ])('REP-06 is by default the id of a job of %s', (provider, when, path) => {
    expect(compile(provider, when, { grants: 2 }, issuerOf(provider))).toEqual({
      claim: path.join('.'),
      path,
      grants: 2,
      onExcess: 'deny',
    })
  })

  it('is nested if the provider nests it', () => {
    const issuer = { issuer: 'https://oidc.cluster.example.com' }
    expect(
      compile('kubernetes', { 'kubernetes.io.namespace': 'a' }, { grants: 1 }, issuer),
    ).toMatchObject({ path: ['kubernetes.io', 'pod', 'uid'] })
  })

  it.each([
    ['generic-oidc', { sub: 'a' }, { issuer: 'https://issuer.example.com' }],
    [
      'github-enterprise-server',
      { repository_id: '1' },
      { issuer: 'https://ghe.example.com/_services/token' },
    ],
    ['self', { client_id: 'a' }, {}],
  ])('REP-06 must be named for %s, whose tokens have no such id', (from, when, issuer) => {
    expect(compile(from, when, { grants: 1 }, issuer)).toEqual([
      expect.stringMatching(/^budget_invalid: is required: .* name the claim that is$/),
    ])
    const per = from === 'self' ? 'origin.jti' : 'run_id'
    const budget = { per, grants: 1, on_excess: 'alert' }
    expect(compile(from, when, budget, issuer)).toMatchObject({ claim: per, onExcess: 'alert' })
  })

  it('can be a number', () => {
    const budget = { per: 'runner_id', grants: 1 }
    expect(compile('gitlab-com', { project_id: '1' }, budget)).toMatchObject({ claim: 'runner_id' })
  })

  it.each([
    ['gitlab-com', { project_id: '1' }, 'groups_direct'],
    ['circleci', { 'oidc.circleci.com/org-id': 'a' }, 'oidc.circleci.com/ssh-rerun'],
  ])('is a text or a number: of %s', (provider, when, per) => {
    expect(compile(provider, when, { per, grants: 1 }, issuerOf(provider))).toEqual([
      expect.stringMatching(/^budget_invalid: is a (array|boolean), and not the id of a job$/),
    ])
  })
})

function issuerOf(provider: string): object {
  const urls: Readonly<Record<string, string>> = {
    semaphore: 'https://acme.semaphoreci.com',
    circleci: 'https://oidc.circleci.com',
  }
  const issuer = urls[provider]
  return issuer === undefined ? {} : { issuer }
}
