import { describe, expect, it } from 'vitest'
import {
  MAX_CONDITIONS_PER_RULE,
  MAX_DOCUMENT_DEPTH,
  MAX_GRANT_CLAIMS,
  MAX_NAME_CHARACTERS,
  MAX_PATTERN_CHARACTERS,
  MAX_SCOPES_PER_RESOURCE,
  MAX_VALUES_PER_CONDITION,
} from '../../../../src/contract/limits.ts'
import {
  API,
  owner,
  problemsOf,
  withGrant,
  withIssuer,
  withResource,
  withRule,
  withWhen,
} from '../support/documents.ts'

/** `count` members, with names and values made from their index. */
function members<Value>(count: number, make: (index: number) => readonly [string, Value]) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)))
}

const texts = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`)

/** JSON with one value nested in this many objects and lists. */
function nest(levels: number): unknown {
  let value: unknown = 'x'
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { x: value }
  return value
}

const keysWith = (extra: unknown) =>
  withIssuer({
    issuer: 'https://issuer.example.com',
    keys: { jwks: { keys: [], extra } },
  })

type Row = readonly [
  name: string,
  most: number,
  make: (count: number) => unknown,
  code: string,
  path: readonly (string | number)[],
]

const rows: readonly Row[] = [
  [
    'scopes of a resource',
    MAX_SCOPES_PER_RESOURCE,
    (count) => withResource({ scopes: ['deploy:read', ...texts(count - 1)] }),
    'value_invalid',
    ['resources', API, 'scopes'],
  ],
  [
    'conditions of a rule',
    MAX_CONDITIONS_PER_RULE,
    (count) => withWhen({ ...owner, ...members(count - 1, (i) => [`repo_property_${i}`, 'x']) }),
    'value_invalid',
    ['rules', 0, 'when'],
  ],
  [
    'values of a condition',
    MAX_VALUES_PER_CONDITION,
    (count) => withWhen({ ...owner, ref: texts(count) }),
    'value_invalid',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'values under not',
    MAX_VALUES_PER_CONDITION,
    (count) => withWhen({ ...owner, ref: { not: texts(count) } }),
    'value_invalid',
    ['rules', 0, 'when', 'ref', 'not'],
  ],
  [
    'characters of a value',
    MAX_PATTERN_CHARACTERS,
    (count) => withWhen({ ...owner, ref: 'x'.repeat(count) }),
    'value_invalid',
    ['rules', 0, 'when', 'ref'],
  ],
  [
    'RULE-07 characters of a pattern',
    MAX_PATTERN_CHARACTERS,
    (count) => withWhen({ ...owner, ref: { glob: 'x'.repeat(count) } }),
    'value_invalid',
    ['rules', 0, 'when', 'ref', 'glob'],
  ],
  [
    'MAP-06 characters of a template',
    MAX_PATTERN_CHARACTERS,
    (count) =>
      withGrant({ subject: `{repository_id}${'x'.repeat(count - '{repository_id}'.length)}` }),
    'value_invalid',
    ['rules', 0, 'grant', 'subject'],
  ],
  [
    'claims of a grant',
    MAX_GRANT_CLAIMS,
    (count) => withGrant({ claims: members(count, (index) => [`c${index}`, '{ref}']) }),
    'value_invalid',
    ['rules', 0, 'grant', 'claims'],
  ],
  [
    'characters of a name',
    MAX_NAME_CHARACTERS,
    (count) => withRule({ name: 'x'.repeat(count) }),
    'value_invalid',
    ['rules', 0, 'name'],
  ],
  [
    'characters of an owner',
    256,
    (count) => withRule({ owner: 'x'.repeat(count) }),
    'value_invalid',
    ['rules', 0, 'owner'],
  ],
  [
    'levels of nesting',
    MAX_DOCUMENT_DEPTH,
    // The document, its issuers, the issuer, its keys and the key set are five levels.
    (count) => keysWith(nest(count - 5)),
    'document_too_deep',
    [],
  ],
]

describe('limits a document to', () => {
  it.each(rows)('the maximum of %s: %i', (_, most, make, code, path) => {
    expect(problemsOf(make(most))).toEqual([])
    expect(problemsOf(make(most + 1))).toEqual([{ code, path, message: expect.any(String) }])
  })
})
