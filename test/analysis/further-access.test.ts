/** `ask what`: the rules `from: self` that exchange the tokens of a workload further. */
import { expect, it } from 'vitest'
import { findReach } from '../../src/analysis/access.ts'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'

const API = 'https://api.example.com/v1'
const TOOLS = 'https://tools.example.com/v1'
const STORE = 'https://store.example.com/v1'

const rule = (name: string, from: string, when: object, resource: string, change: object = {}) => ({
  ...{ name, owner: 'platform@example.com', expires: '2099-12-31', from, when },
  grant: { resource, scopes: ['x'], lifetime: '5m' },
  ...change,
})
const deploy = rule('deploy', 'github', { repository_id: '2' }, API)
const search = rule('search', 'self', { client_id: 'deploy', aud: API }, TOOLS)

function reach(rules: readonly object[], own?: object) {
  const document = {
    version: 1,
    issuers: { github: { provider: 'github-actions' } },
    resources: { [API]: { scopes: ['x'] }, [TOOLS]: { scopes: ['x'] }, [STORE]: { scopes: ['x'] } },
    rules,
  }
  const compiled = compileTrust(document, {
    gatewayIssuer: 'https://sts.example.com',
    maxTokenLifetimeSeconds: 3600,
    maxRuleExpirySeconds: undefined,
    localIssuers: false,
  })
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  const { trust } = compiled
  const github = trust.issuers.get('https://token.actions.githubusercontent.com')
  const issuer = own === undefined ? github : trust.own?.issuer
  if (issuer === undefined) throw new Error('no issuer')
  const claims = {
    claims: { sub: 'job', repository_id: '2', ...own },
    known: () => true,
    hasAll: true,
  }
  const answer = findReach(trust, document, { issuer, claims }, 1_800_000_000)
  return answer.rules.map(({ rule: name, certainty, unknown }) => [name, certainty, ...unknown])
}

const NARROW = { client_id: 'deploy', 'origin.sub': 'job' }

it.each([
  ['by client_id and aud', [search], [['search', 'can']]],
  ['by the origin', [{ ...search, when: NARROW }], [['search', 'can']]],
  ['of another origin', [{ ...search, when: { ...NARROW, 'origin.sub': 'other' } }], []],
  ['of another rule', [{ ...search, when: { client_id: 'other' } }], []],
  [
    'by a claim that is not known before the exchange',
    [{ ...search, when: { client_id: 'deploy', scope: 'x' } }],
    [['search', 'may', 'scope']],
  ],
  [
    'one after the other',
    [search, rule('store', 'self', { client_id: 'search' }, STORE)],
    [
      ['search', 'can'],
      ['store', 'can'],
    ],
  ],
  [
    'but not back to a resource that was left',
    [search, rule('back', 'self', { client_id: 'search' }, API)],
    [['search', 'can']],
  ],
  [
    'unless a deny rule refuses the exchange',
    [search, { name: 'no', effect: 'deny', from: 'self', when: { client_id: 'deploy' } }],
    [],
  ],
  [
    'with an actor',
    [{ ...search, acting_as: { from: 'github', when: { repository_id: '3' } } }],
    [['search', 'may', 'acting_as']],
  ],
])('names the rules from self that exchange a token further %s', (_, rules, further) => {
  expect(reach([deploy, ...rules])).toEqual([['deploy', 'can'], ...further])
})

const STORED = rule('store', 'self', { client_id: 'search' }, STORE)
const BACK = rule('back', 'self', { client_id: 'search' }, API)
const TOKEN = {
  ...{ iss: 'https://sts.example.com', client_id: 'deploy', aud: API },
  origin: { iss: 'https://token.actions.githubusercontent.com', sub: 'job' },
}
const anc = [{ jti: 'a', iat: 1, client_id: 'deploy', aud: STORE }]

it.each<[string, readonly object[], object, readonly (readonly string[])[]]>([
  [
    'one after the other',
    [search, STORED],
    TOKEN,
    [
      ['search', 'can'],
      ['store', 'can'],
    ],
  ],
  ['but not back to its own resource', [search, BACK], TOKEN, [['search', 'can']]],
  ['but not for the resource that it has', [rule('same', 'self', { aud: API }, API)], TOKEN, []],
  ['but not without an actor if it has one', [search], { ...TOKEN, act: { sub: 'a' } }, []],
  [
    'but not directly to that of an ancestor',
    [search],
    { ...TOKEN, anc: [{ ...anc[0], aud: TOOLS }] },
    [],
  ],
  ['nor to that of an ancestor', [search, STORED], { ...TOKEN, anc }, [['search', 'can']]],
  [
    'by its origin',
    [search, { ...STORED, when: { client_id: 'search', 'origin.sub': 'job' } }],
    TOKEN,
    [
      ['search', 'can'],
      ['store', 'can'],
    ],
  ],
  [
    'unless the rule that granted it was removed',
    [search, STORED],
    { ...TOKEN, client_id: 'gone' },
    [],
  ],
  [
    'unless that of an ancestor has ended',
    [search, { ...deploy, name: 'first', expires: '2026-01-01' }],
    { ...TOKEN, anc: [{ ...anc[0], client_id: 'first' }] },
    [],
  ],
  [
    'and not knowing its origin',
    [search, { ...STORED, when: { client_id: 'search', 'origin.sub': 'job' } }],
    { ...TOKEN, origin: undefined },
    [
      ['search', 'can'],
      ['store', 'may', 'origin.sub'],
    ],
  ],
])('names the rules that exchange a token of the gateway %s', (_, rules, token, found) => {
  expect(reach([deploy, ...rules], token)).toEqual(found)
})
