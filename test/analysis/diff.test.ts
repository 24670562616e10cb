import { expect, test } from 'vitest'
import { diffTrust, type TrustChange } from '../../src/analysis/diff.ts'

const rule = (name: string, change: object = {}) => ({
  name,
  owner: 'platform@example.com',
  grant: { resource: 'https://api.example.com', scopes: ['a', 'b'], lifetime: '10m' },
  ...change,
})

const document = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { 'https://api.example.com': { scopes: ['a', 'b'] } },
  rules: [rule('one'), rule('two'), rule('three')],
}

test('finds nothing between a document and itself, however its members are ordered', () => {
  const { rules, resources, issuers, version } = structuredClone(document)
  expect(diffTrust(document, { rules, resources, issuers, version })).toEqual([])
})

test.each<[string, object, readonly TrustChange[]]>([
  [
    'a new issuer',
    { issuers: { ...document.issuers, gitlab: { provider: 'gitlab-com' } } },
    [{ kind: 'added', part: 'issuer', name: 'gitlab' }],
  ],
  [
    'a resource that is gone',
    { resources: {} },
    [{ kind: 'removed', part: 'resource', name: 'https://api.example.com' }],
  ],
  [
    'another type of the same look',
    { issuers: { github: { provider: 1 } } },
    [
      {
        kind: 'changed',
        part: 'issuer',
        name: 'github',
        changes: [{ path: ['provider'], before: 'github-actions', after: 1 }],
      },
    ],
  ],
  [
    'a member that is gone and one that is new',
    {
      rules: [rule('one', { owner: undefined, description: 'x' }), ...document.rules.slice(1)],
    },
    [
      {
        kind: 'changed',
        part: 'rule',
        name: 'one',
        changes: [
          { path: ['owner'], before: 'platform@example.com' },
          { path: ['description'], after: 'x' },
        ],
      },
    ],
  ],
  [
    'members below, a list as one value',
    {
      rules: [
        rule('one', {
          grant: { resource: 'https://api.example.com', scopes: ['b', 'a'], lifetime: '5m' },
        }),
        ...document.rules.slice(1),
      ],
    },
    [
      {
        kind: 'changed',
        part: 'rule',
        name: 'one',
        changes: [
          { path: ['grant', 'scopes'], before: ['a', 'b'], after: ['b', 'a'] },
          { path: ['grant', 'lifetime'], before: '10m', after: '5m' },
        ],
      },
    ],
  ],
  [
    'a rule that moved past the others, alone',
    { rules: [rule('three'), rule('one'), rule('two')] },
    [{ kind: 'changed', part: 'rule', name: 'three', moved: { before: 2, after: 0 } }],
  ],
  [
    'a rule that moved and changed, once',
    { rules: [rule('three', { owner: 'x' }), rule('one'), rule('two')] },
    [
      {
        kind: 'changed',
        part: 'rule',
        name: 'three',
        changes: [{ path: ['owner'], before: 'platform@example.com', after: 'x' }],
        moved: { before: 2, after: 0 },
      },
    ],
  ],
  [
    'a rule before all others, which moves none of them',
    { rules: [rule('zero'), ...document.rules] },
    [{ kind: 'added', part: 'rule', name: 'zero' }],
  ],
  [
    'the first rule gone, which moves none of the others',
    { rules: document.rules.slice(1) },
    [{ kind: 'removed', part: 'rule', name: 'one' }],
  ],
])('reports %s', (_name, change, expected) => {
  // Through JSON, as documents come: a member that is undefined is not there.
  const after: unknown = JSON.parse(JSON.stringify({ ...document, ...change }))
  expect(diffTrust(document, after)).toEqual(expected)
})

test('reports everything against an empty document, issuers first', () => {
  const changes = diffTrust({ version: 1, issuers: {}, resources: {}, rules: [] }, document)
  expect(changes.map(({ kind, part, name }) => `${kind} ${part} ${name}`)).toEqual([
    'added issuer github',
    'added resource https://api.example.com',
    'added rule one',
    'added rule two',
    'added rule three',
  ])
})

test('sees members that are named like those of every object', () => {
  const after: unknown = JSON.parse(
    '{"issuers": {"__proto__": {"provider": "x"}, "constructor": {}}}',
  )
  expect(diffTrust({}, after).map(({ name }) => name)).toEqual(['__proto__', 'constructor'])
})

test('explains a reversed list by the fewest moves', () => {
  const before = Array.from({ length: 2000 }, (_, position) => rule(`rule-${position}`))
  const changes = diffTrust({ rules: before }, { rules: [...before].reverse() })
  expect(changes).toHaveLength(1999)
})

test.each([undefined, null, 7, 'text', []])('takes %j for an empty document', (value) => {
  expect(diffTrust(value, value)).toEqual([])
  expect(diffTrust(document, value).map(({ kind }) => kind)).toEqual(Array(5).fill('removed'))
})
