import { describe, expect, it } from 'vitest'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, AT, allow, CLAIMS, decide, documentOf, identityOf } from '../support/decide.ts'
import { type Json, problemsOf, withGrant } from '../support/documents.ts'
import { loadForm } from '../support/form.ts'

const CLAIMS_PATH = ['rules', 0, 'grant', 'claims']

function claimsOf(claims: Json, token: Json = CLAIMS, provider?: string) {
  const decision = decide([allow('r', {}, { claims })], token, {}, provider)
  return decision.kind === 'granted' ? decision.claims : decision.denial
}

const TAGS = 'https://aws.amazon.com/tags'

/** As deep as this many lists. */
const nest = (depth: number): unknown => (depth === 0 ? 'x' : [nest(depth - 1)])

describe('the claims of a grant', () => {
  it('may be a tree under any name, whose texts are templates', () => {
    const tags = {
      principal_tags: { Repository: ['{repository}'], Ref: ['ref:{ref}:{repository_id}'] },
      transitive_tag_keys: ['Repository'],
    }
    const claims = { [TAGS]: tags, level: 3, ratio: -0.5, is_ci: true, none: [], empty: {} }
    expect(claimsOf(claims)).toEqual({
      [TAGS]: {
        principal_tags: { Repository: ['acme/api'], Ref: ['ref:refs/heads/main:8123456'] },
        transitive_tag_keys: ['Repository'],
      },
      level: 3,
      ratio: -0.5,
      is_ci: true,
      none: [],
      empty: {},
    })
  })

  it('keep the order and the text of flat claims', () => {
    const flat = { z: '{repository}', a: 'n={repository_id}', '1': 'x:{ref}:{ref|sha256}' }
    const hash = '4f1c3d4d0c5f4be0a3c6bcf'
    const rendered = JSON.stringify(claimsOf(flat))
    expect(rendered.replace(/[0-9a-f]{64}/, hash)).toBe(
      `{"1":"x:refs/heads/main:${hash}","z":"acme/api","a":"n=8123456"}`,
    )
  })

  it('MAP-04 MAP-05 escape values in texts at any depth like flat claims', () => {
    const token = { ...CLAIMS, ref: 'a:b%{repository}' }
    const text = '{repository}:{ref}'
    expect(claimsOf({ flat: text, deep: { list: [text] } }, token)).toEqual({
      flat: 'acme/api:a%3Ab%25{repository}',
      deep: { list: ['acme/api:a%3Ab%25{repository}'] },
    })
  })

  it.each([
    ['an object', { a: { b: '{head_ref}' } }, 'claims.a.b'],
    ['a list', { a: ['x', { b: ['{head_ref}'] }] }, 'claims.a[1].b[0]'],
    ['a claim named by a URI', { [TAGS]: { r: '{head_ref}' } }, `claims.${TAGS}.r`],
  ])('MAP-03 refuse if a claim is absent in %s', (_, claims, at) => {
    const template = { template: at, claim: 'head_ref', cause: 'absent' }
    expect(claimsOf(claims)).toMatchObject({ reason: 'template_unrenderable', at, template })
  })

  it.each(['__proto__', 'constructor', 'prototype', 'iss', 'toString'])(
    'render the nested name %s as an own member, or the document is refused',
    (name) => {
      const claims = JSON.parse(`{"a":{"${name}":{"polluted":"{repository}"}}}`) as Json
      const problems = problemsOf(withGrant({ claims }))
      expect(problems.map(({ code }) => code)).toEqual(name === '__proto__' ? ['name_invalid'] : [])
      if (name !== '__proto__') {
        expect(JSON.stringify(claimsOf(claims))).toBe(`{"a":{"${name}":{"polluted":"acme/api"}}}`)
      }
      expect('polluted' in {}).toBe(false)
    },
  )

  it('MAP-06 refuse if they are too large together, though each text is short enough', () => {
    const claims = { list: Array.from({ length: 50 }, () => '{ref}') }
    expect(claimsOf(claims)).toMatchObject({ list: expect.any(Array) })
    const long = { ...CLAIMS, ref: 'r'.repeat(255) }
    expect(claimsOf(claims, long)).toMatchObject({
      reason: 'template_unrenderable',
      at: 'claims',
      template: { template: 'claims', cause: 'result_too_long', length: 12_910, limit: 10_240 },
    })
    expect(claimsOf({ list: claims.list.slice(0, 39) }, long)).toHaveProperty('list')
    expect(claimsOf({ list: claims.list.slice(0, 40) }, long)).toHaveProperty('reason')
  })

  it('MAP-06 measure the escapes of JSON', () => {
    const quotes = { ...CLAIMS, ref: '"'.repeat(255) }
    const claims = (count: number) => ({ list: Array.from({ length: count }, () => '{ref}') })
    expect(claimsOf(claims(19), quotes)).toHaveProperty('list')
    expect(claimsOf(claims(20), quotes)).toHaveProperty('reason')
  })
})

describe('claims are refused when they are written if', () => {
  const rows: readonly (readonly [string, unknown, string, readonly (string | number)[]])[] = [
    ['MAP-02 a list has a reserved name', { aud: ['x'] }, 'claim_reserved', ['aud']],
    ['MAP-02 an object has a reserved name', { cnf: { jkt: 'x' } }, 'claim_reserved', ['cnf']],
    ['MAP-02 a number has a reserved name', { exp: 9_999_999_999 }, 'claim_reserved', ['exp']],
    ['a value is null', { a: null }, 'type_wrong', ['a']],
    ['a nested value is null', { a: [{ b: null }] }, 'type_wrong', ['a', 0, 'b']],
    ['a nested template is invalid', { a: ['{x', 'y'] }, 'template_invalid', ['a', 0]],
    ['a nested claim is unknown', { a: { b: '{nobody}' } }, 'template_invalid', ['a', 'b']],
    ['a number is not exact', { a: 2 ** 53 }, 'value_invalid', ['a']],
    ['a number is infinite', { a: [Number.POSITIVE_INFINITY] }, 'type_wrong', ['a', 0]],
    ['a name is empty', { a: { '': 'x' } }, 'name_invalid', ['a', '']],
    ['a name is invisible', { 'a\u200b': 'x' }, 'name_invalid', ['a\u200b']],
    ['a name is too long', { ['n'.repeat(257)]: 'x' }, 'name_invalid', ['n'.repeat(257)]],
    ['a text is too long', { a: ['x'.repeat(257)] }, 'value_invalid', ['a', 0]],
    [
      'MAP-06 a text can never render',
      { a: ['{repository}', 'ü'.repeat(128)] },
      'template_too_long',
      ['a', 1],
    ],
    ['MAP-06 they are too deep', { a: nest(9) }, 'claims_too_deep', []],
    [
      'MAP-06 they have too many values',
      { a: Array.from({ length: 256 }, () => 1) },
      'claims_too_large',
      [],
    ],
    [
      'MAP-06 they are too large',
      { a: Array.from({ length: 41 }, () => 'x'.repeat(250)) },
      'claims_too_large',
      [],
    ],
  ]
  it.each(rows)('%s', (_, claims, code, path) => {
    const [problem, ...more] = problemsOf(withGrant({ claims }))
    expect([problem?.code, problem?.path, more]).toEqual([code, [...CLAIMS_PATH, ...path], []])
  })

  it('names the types that a value may have', () => {
    expect(problemsOf(withGrant({ claims: { a: [null] } }))).toEqual([
      {
        code: 'type_wrong',
        path: [...CLAIMS_PATH, 'a', 0],
        message: 'must be text, a number, true, false, a list or an object, not null',
      },
    ])
  })

  it('MAP-06 accepts claims at these limits', () => {
    const values = Array.from({ length: 255 }, () => 1)
    const texts = Array.from({ length: 40 }, () => 'x'.repeat(250))
    for (const claims of [{ a: nest(8) }, { a: values }, { a: texts }, { n: 2 ** 53 - 1 }]) {
      expect(problemsOf(withGrant({ claims }))).toEqual([])
    }
  })
})

it('a rule that an older release accepted is not left out: it decides, and refuses', () => {
  const rules = [allow('r', {}, { claims: { a: 'ü'.repeat(128) } }), allow('later')]
  const stored = compileStored(documentOf(rules), CEILINGS)
  expect(stored.problems).toEqual([])
  for (const trust of [stored.trust, loadForm(stored).trust]) {
    const [issuer] = trust?.issuers.values() ?? []
    if (trust === undefined || issuer === undefined) throw new Error('no issuer')
    const request = { resource: API, scopes: undefined, rule: undefined }
    const decision = evaluate({ trust, issuer, identity: identityOf(CLAIMS), request, at: AT })
    expect(decision).toMatchObject({ rule: { name: 'r' }, denial: { at: 'claims.a' } })
  }
})
