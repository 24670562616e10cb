import { describe, expect, it } from 'vitest'
import { MAX_RENDERED_CLAIMS_BYTES } from '../../../../src/core/limits.ts'
import {
  API,
  good,
  owner,
  problemsOf,
  rule,
  withGrant,
  withResource,
  withWhen,
} from '../support/documents.ts'

/** A rule for an issuer whose claims no profile lists, with a condition on one of them. */
const withLevel = (level: unknown) => ({
  ...good,
  issuers: { own: { provider: 'generic-oidc', issuer: 'https://issuer.example.com' } },
  rules: [{ ...rule, from: 'own', when: { sub: 'x', level } }],
})

const impossible = [
  {
    code: 'condition_impossible',
    path: ['rules', 0, 'when', 'level'],
    message: expect.stringContaining('2^53'),
  },
]

describe('CLM-13 the largest exact number', () => {
  it.each<readonly [name: string, make: (value: number) => unknown]>([
    ['a value', (value) => value],
    ['a value of a list', (value) => [1, value]],
    ['a value under not', (not) => ({ not })],
    ['a value of a list under not', (value) => ({ not: [1, value] })],
    ['an element of a list', (contains) => ({ contains })],
    ['a lower bound', (min) => ({ min })],
    ['an upper bound', (max) => ({ max })],
    ['an upper bound with a lower one', (max) => ({ min: -(2 ** 53) + 1, max })],
  ])('is also the largest of %s, with both signs', (_, make) => {
    for (const sign of [1, -1]) {
      expect(problemsOf(withLevel(make(sign * (2 ** 53 - 1))))).toEqual([])
      expect(problemsOf(withLevel(make(sign * 2 ** 53)))).toEqual(impossible)
    }
  })

  it('counts in a lower bound that has an upper one', () => {
    expect(problemsOf(withLevel({ min: -(2 ** 53), max: 5 }))).toEqual(impossible)
  })
})

describe('a range', () => {
  it('may contain one number, and must contain one', () => {
    expect(problemsOf(withLevel({ min: 5, max: 5 }))).toEqual([])
    expect(problemsOf(withLevel({ min: 5.5, max: 5 }))).toMatchObject([
      { code: 'condition_impossible', message: 'can never hold: min is above max' },
    ])
  })
})

describe('a claim that every token has', () => {
  it.each([
    ['the platform sends', 'repository_id'],
    ['the gateway checks', 'sub'],
  ])('cannot be demanded absent, if %s it', (_, claim) => {
    expect(problemsOf(withWhen({ ...owner, [claim]: { exists: false } }))).toMatchObject([
      { code: 'condition_impossible', path: ['rules', 0, 'when', claim] },
    ])
    expect(problemsOf(withWhen({ ...owner, [claim]: { exists: true } }))).toEqual([])
  })

  it('does not stop a demand for the absence of another', () => {
    expect(problemsOf(withWhen({ ...owner, environment: { exists: false } }))).toEqual([])
  })
})

describe('a lifetime', () => {
  it('of a rule may be the minimum and the maximum of its resource', () => {
    expect(problemsOf(withGrant({ lifetime: '10s' }))).toEqual([])
    expect(problemsOf(withGrant({ lifetime: '9s' }))).toMatchObject([
      { code: 'lifetime_too_short', message: 'is below the minimum of 10 seconds' },
    ])
    expect(problemsOf(withGrant({ lifetime: '900s' }))).toEqual([])
    expect(problemsOf(withGrant({ lifetime: '901s' }))).toMatchObject([
      { message: "is above the resource's ceiling of 900 seconds" },
    ])
  })

  it('of a resource may be the minimum and the ceiling of the deployment', () => {
    const of = (max_lifetime: string) => ({ ...withResource({ max_lifetime }), rules: [] })
    expect(problemsOf(of('10s'))).toEqual([])
    expect(problemsOf(of('9s'))).toMatchObject([{ code: 'lifetime_too_short' }])
    expect(problemsOf(of('3600s'))).toEqual([])
    expect(problemsOf(of('3601s'))).toMatchObject([
      { message: "is above the deployment's ceiling of 3600 seconds" },
    ])
  })

  it('of a rule names the ceiling of the deployment if that is the lower one', () => {
    const resources = { [API]: { scopes: ['deploy:read'] } }
    expect(problemsOf({ ...withGrant({ lifetime: '2h' }), resources })).toMatchObject([
      { message: "is above the deployment's ceiling of 3600 seconds" },
    ])
  })
})

describe('equal rules with a fault', () => {
  it('are each reported, although equal grants are compiled once', () => {
    const rules = ['a', 'b'].map((name) => ({
      ...rule,
      name,
      grant: { ...rule.grant, scopes: ['deploy:delete'] },
    }))
    expect(problemsOf({ ...good, rules }).map(({ path }) => path)).toEqual([
      ['rules', 0, 'grant', 'scopes', 0],
      ['rules', 1, 'grant', 'scopes', 0],
    ])
  })
})

describe('MAP-06 the literal text of the claims of a grant', () => {
  it('can have as many bytes as a token may carry, and no more', () => {
    const full = Array.from({ length: 39 }, () => 'x'.repeat(255))
    const withBytes = (count: number) => {
      const rest = count - JSON.stringify({ list: [...full, ''] }).length
      return withGrant({ claims: { list: [...full, 'x'.repeat(rest)] } })
    }
    expect(problemsOf(withBytes(MAX_RENDERED_CLAIMS_BYTES))).toEqual([])
    expect(problemsOf(withBytes(MAX_RENDERED_CLAIMS_BYTES + 1))).toMatchObject([
      { code: 'claims_too_large', path: ['rules', 0, 'grant', 'claims'] },
    ])
  })
})
