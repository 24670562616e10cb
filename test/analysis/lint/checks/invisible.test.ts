/** Tests of LINT-38: invisible characters in every text of a document. */
import { describe, expect, it } from 'vitest'
import { isBlocking } from '../../../../src/analysis/lint/lint.ts'
import { API, type Change, documentOf, findingsOf } from '../support/documents.ts'

function findings(change: Change, more: Readonly<Record<string, unknown>> = {}) {
  return findingsOf({ ...documentOf('generic', change), ...more }).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-38' ? [one] : []
  })
}

const RULE = ['rules', 0]

describe('LINT-38', () => {
  it.each([
    ['\u200b', 'U+200B ZERO WIDTH SPACE'],
    ['\u200c', 'U+200C ZERO WIDTH NON-JOINER'],
    ['\u200d', 'U+200D ZERO WIDTH JOINER'],
    ['\u2060', 'U+2060 WORD JOINER'],
    ['\ufeff', 'U+FEFF ZERO WIDTH NO-BREAK SPACE'],
    ['\u202e', 'U+202E RIGHT-TO-LEFT OVERRIDE'],
    ['\u2066', 'U+2066 LEFT-TO-RIGHT ISOLATE'],
    ['\u200f', 'U+200F RIGHT-TO-LEFT MARK'],
    ['\u00a0', 'U+00A0 NO-BREAK SPACE'],
    ['\u3000', 'U+3000 IDEOGRAPHIC SPACE'],
    ['\u2004', 'U+2004'],
    ['\u00ad', 'U+00AD SOFT HYPHEN'],
    ['\u{e0041}', 'U+E0041 TAG CHARACTER'],
    ['\ufe0f', 'U+FE0F VARIATION SELECTOR'],
    ['\u{e0100}', 'U+E0100 VARIATION SELECTOR'],
    ['\u034f', 'U+034F COMBINING GRAPHEME JOINER'],
    ['\u115f', 'U+115F HANGUL CHOSEONG FILLER'],
    ['\u3164', 'U+3164 HANGUL FILLER'],
    ['\u2800', 'U+2800 BRAILLE PATTERN BLANK'],
    ['\u2064', 'U+2064'],
  ])('names %j: %s', (character, name) => {
    const [found] = findings({ when: { team: `plat${character}form` } })
    expect(found?.message).toBe(`a value has ${name}, an invisible character, at character 5`)
    expect(found).toMatchObject({ severity: 'error', path: [...RULE, 'when', 'team'] })
  })

  it.each<readonly [string, (text: string) => Change, readonly (string | number)[]]>([
    ['a list of values', (text) => ({ when: { team: ['a', text] } }), ['when', 'team']],
    ['an exclusion', (text) => ({ when: { team: { not: text } } }), ['when', 'team']],
    ['a list claim', (text) => ({ when: { team: { contains: text } } }), ['when', 'team']],
    ['a pattern', (text) => ({ when: { team: { glob: `${text}/*` } } }), ['when', 'team']],
    ['a claim', (text) => ({ when: { [text]: 'x' } }), ['when', 'x\u200by']],
    [
      'a template',
      (text) => ({ grant: { claims: { team: `{["${text}"]}` } } }),
      ['grant', 'claims', 'team'],
    ],
    [
      'a template in a tree of claims',
      (text) => ({ grant: { claims: { tags: { team: ['x', `{["${text}"]}`] } } } }),
      ['grant', 'claims', 'tags', 'team', 1],
    ],
    [
      'an expression',
      (text) => ({ rule: { condition: `claims.team == "${text}"` } }),
      ['condition'],
    ],
    [
      'an escape in an expression',
      () => ({ rule: { condition: 'claims.team == "x\\u200by"' } }),
      ['condition'],
    ],
    [
      'the name in an expression',
      (text) => ({ rule: { condition: `claims["${text}"] == "x"` } }),
      ['condition'],
    ],
  ])('sees it in %s', (_, change, place) => {
    expect(findings(change('x\u200by')).map(({ path }) => path)).toEqual([[...RULE, ...place]])
    expect(findings(change('x-y')).filter(() => !place.includes('condition'))).toEqual([])
  })

  it('reports it in an audience, in a resource and in a deny rule', () => {
    const [audience] = findings({ issuer: { audience: 'https://sts\u200b.example.com' } })
    expect(audience).toMatchObject({ path: ['issuers', 'ci', 'audience'], rule: undefined })
    const other = `${API}/\u200b`
    const resources = { [API]: { scopes: ['deploy:write'] }, [other]: { scopes: ['a'] } }
    expect(findings({}, { resources }).map(({ path }) => path)).toEqual([['resources', other]])
    const capitals = { [API]: resources[API], 'HTTPS://B.example.com/\u200b': { scopes: ['a'] } }
    expect(findings({}, { resources: capitals }).map(({ path }) => path)).toEqual([
      ['resources', 'HTTPS://B.example.com/\u200b'],
    ])
    const names = {
      scopes: ['deploy:write'],
      audience: 'sig\u0455tore',
      also_known_as: ['a', 'b\u2800c'],
    }
    expect(findings({}, { resources: { [API]: names } }).map(({ path }) => path)).toEqual([
      ['resources', API, 'audience'],
      ['resources', API, 'also_known_as', 1],
    ])
    const deny = { name: 'never', effect: 'deny', from: 'ci', when: { team: 'e\u200bvil' } }
    expect(findings({ more: [deny] }).map(({ path }) => path)).toEqual([
      ['rules', 1, 'when', 'team'],
    ])
  })

  it('counts lines and characters like an editor', () => {
    const condition = 'claims.a == "x" &&\n  claims.b == "\u{1f680}\u200b"'
    expect(findings({ rule: { condition } })[0]?.message).toContain('at line 2, character 17')
  })

  it('has a lower severity in texts for people', () => {
    const [owner] = findings({ rule: { owner: 'platform\u00a0team' } })
    expect(owner).toMatchObject({ severity: 'warn', path: [...RULE, 'owner'] })
    const [description] = findings({ rule: { description: 'Deploys\u00a0it.' } })
    expect(description).toMatchObject({ severity: 'info', path: [...RULE, 'description'] })
    const accept = [{ lint: 'LINT-38', reason: 'Copied\u00a0text.' }]
    const found = findings({ rule: { accept, owner: 'platform\u00a0team' } })
    expect(found.map(({ path }) => path.at(-1))).toEqual(['owner', 'reason'])
    expect(found.some(isBlocking)).toBe(false)
  })

  it('accepts emoji, accents and other scripts', () => {
    for (const text of [
      '\u2699\ufe0f deploy',
      '\u{1f469}\u200d\u{1f4bb}',
      'd\u00e9ploiement',
      '\u043f\u0440\u043e\u0434',
      'prod-\u03b1',
    ]) {
      expect(findings({ when: { team: text } })).toEqual([])
    }
  })

  it.each([
    ['acm\u0435', 'U+0435, a Cyrillic letter among Latin ones, at character 4'],
    ['my/\u0430cme', 'U+0430, a Cyrillic letter among Latin ones, at character 4'],
    ['pr\u03bfd', 'U+03BF, a Greek letter among Latin ones, at character 3'],
  ])('finds a letter of another script within a word: %s', (text, message) => {
    expect(findings({ when: { team: text } })[0]?.message).toBe(`a value has ${message}`)
  })
})
