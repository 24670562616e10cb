import { expect, test } from 'vitest'
import { diffTrust, type TrustChange } from '../../../src/analysis/diff/diff.ts'

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

test('finds no change if only the order of members differs', () => {
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
    'a removed resource',
    { resources: {} },
    [{ kind: 'removed', part: 'resource', name: 'https://api.example.com' }],
  ],
  [
    'a value of another type',
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
    'a removed member and a new member',
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
    'nested members, with a list as one value',
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
    'only the moved rule',
    { rules: [rule('three'), rule('one'), rule('two')] },
    [{ kind: 'changed', part: 'rule', name: 'three', moved: { before: 2, after: 0 } }],
  ],
  [
    'a rule that moved and changed, as one change',
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
    'a new first rule, without moves of the others',
    { rules: [rule('zero'), ...document.rules] },
    [{ kind: 'added', part: 'rule', name: 'zero' }],
  ],
  [
    'a removed first rule, without moves of the others',
    { rules: document.rules.slice(1) },
    [{ kind: 'removed', part: 'rule', name: 'one' }],
  ],
])('reports %s', (_name, change, expected) => {
  // Documents are parsed from JSON, which has no undefined members.
  const after: unknown = JSON.parse(JSON.stringify({ ...document, ...change }))
  expect(diffTrust(document, after)).toEqual(expected)
})

test('reports every part as added to an empty document, issuers first', () => {
  const changes = diffTrust({ version: 1, issuers: {}, resources: {}, rules: [] }, document)
  expect(changes.map(({ kind, part, name }) => `${kind} ${part} ${name}`)).toEqual([
    'added issuer github',
    'added resource https://api.example.com',
    'added rule one',
    'added rule two',
    'added rule three',
  ])
})

test('finds members that are named like members of every object', () => {
  const after: unknown = JSON.parse(
    '{"issuers": {"__proto__": {"provider": "x"}, "constructor": {}}}',
  )
  expect(diffTrust({}, after).map(({ name }) => name)).toEqual(['__proto__', 'constructor'])
})

test('reports a reversed list with the fewest moves', () => {
  const before = Array.from({ length: 2000 }, (_, position) => rule(`rule-${position}`))
  const changes = diffTrust({ rules: before }, { rules: [...before].reverse() })
  expect(changes).toHaveLength(1999)
})

test.each([undefined, null, 7, 'text', []])('treats %j as an empty document', (value) => {
  expect(diffTrust(value, value)).toEqual([])
  expect(diffTrust(document, value).map(({ kind }) => kind)).toEqual(Array(5).fill('removed'))
})
