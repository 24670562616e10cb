/** Functions on texts, as CEL and its string extension define them, also with hostile input. */
import { describe, expect, it } from 'vitest'
import { faultOf, holds } from '../../support/expression.ts'

type Row = readonly [source: string, outcome: boolean | undefined, claims?: object]

const table = (rows: readonly Row[]) =>
  it.each(rows.map(([source, outcome, claims]) => ({ source, outcome, claims })))(
    '$source is $outcome',
    ({ source, outcome, claims }) => {
      expect(holds(source, { ...claims })).toBe(outcome)
    },
  )

describe('lowerAscii and upperAscii change only the 26 letters', () => {
  table([
    ['"Acme/API".lowerAscii() == "acme/api"', true],
    ['"acme/Api".upperAscii() == "ACME/API"', true],
    ['"@AZ[`az{".lowerAscii() == "@az[`az{" && "@AZ[`az{".upperAscii() == "@AZ[`AZ{"', true],
    ['"PRÜFUNG".lowerAscii() == "prÜfung" && "prüfung".upperAscii() == "PRüFUNG"', true],
  ])

  it.each([
    ['the Kelvin sign', '\u212a', 'k'],
    ['a dotted capital I', '\u0130', 'i'],
    ['the long s', '\u017f', 's'],
    ['a fullwidth letter', '\uff21', 'a'],
    ['a mathematical letter', '\u{1d400}', 'a'],
    ['a sharp s', 'ß', 'ss'],
    ['a capital sharp s', '\u1e9e', 'ß'],
    ['a Cyrillic letter', '\u0410', 'a'],
    ['the Angstrom sign', '\u212b', 'å'],
    ['a letter with a combining mark', 'I\u0307', 'i'],
    ['a letter with a zero-width joiner', 'K\u200d', 'k'],
  ])('and do not change %s', (_, letter, ascii) => {
    const claims = { ref: `x${letter}x` }
    const lower = letter.replace(/[A-Z]/, (found) => found.toLowerCase())
    const upper = letter.replace(/[a-z]/, (found) => found.toUpperCase())
    expect(holds(`claims.ref.lowerAscii() == "x${ascii}x"`, claims)).toBe(false)
    expect(holds(`claims.ref.lowerAscii() != "x${ascii}x"`, claims)).toBe(true)
    expect(holds(`claims.ref.lowerAscii() == "x${lower}x"`, claims)).toBe(true)
    expect(holds(`claims.ref.upperAscii() == "X${upper}X"`, claims)).toBe(true)
    expect(holds(`claims.ref.upperAscii() == "X${ascii.toUpperCase()}X"`, claims)).toBe(false)
  })
})

describe('size counts code points', () => {
  table([
    ['size("") == 0 && "".size() == 0', true],
    ['size("abc") == 3', true],
    ['size("ÿ") == 1 && size("🐱") == 1 && size("e\u0301") == 2', true],
    ['size(claims.a) == 2', true, { a: '🐱🐱' }],
    ['claims.a.size() == 2', true, { a: ['x', 'y'] }],
    ['size(claims.a) == 1', true, { a: { b: 1, empty: '', none: null } }],
    ['size(claims) == 2', true, { a: 1, b: 2 }],
    ['size(claims.a) == 1', undefined, { a: 1 }],
    ['size(claims.a) == 1', undefined, { a: true }],
    ['size([]) == 0 && [claims.a, 1].size() == 2', true, { a: 'x' }],
  ])
})

describe('startsWith, endsWith and contains compare exactly', () => {
  table([
    ['"abc".startsWith("") && "abc".endsWith("") && "abc".contains("")', true],
    ['"abc".startsWith("ab") && "abc".endsWith("bc") && "abc".contains("b")', true],
    ['"abc".startsWith("abcd") || "abc".endsWith("c.") || "abc".contains("B")', false],
    ['"refs/heads/main".startsWith("refs/heads/*")', false],
    ['"é".contains("e\u0301") || "e\u0301".contains("é")', false],
    ['claims.a.startsWith("x")', undefined, { a: ['x'] }],
    ['claims.a.contains("x")', undefined, { a: ['x'] }],
    ['claims.a.startsWith(claims.b)', undefined, { a: 'x', b: 1 }],
  ])

  it('refuse a text with a control character', () => {
    expect(holds('claims.a.startsWith("x")', { a: 'x\u0000' })).toBe(undefined)
    expect(holds('claims.a.startsWith("x")', { a: 'x'.repeat(2049) })).toBe(undefined)
    expect(holds('claims.a.startsWith("x")', { a: 'x'.repeat(2048) })).toBe(true)
    expect(holds('claims.a.startsWith("x")', { a: 'x\ud800' })).toBe(undefined)
  })
})

describe('split and join', () => {
  table([
    ['"a,b,c".split(",") == ["a", "b", "c"]', true],
    ['"a,b,c".split(",", 0) == []', true],
    ['"a,b,c".split(",", 1) == ["a,b,c"]', true],
    ['"a,b,c".split(",", 2) == ["a", "b,c"]', true],
    ['"a,b,c".split(",", 3) == ["a", "b", "c"]', true],
    ['"a,b,c".split(",", 9) == ["a", "b", "c"]', true],
    ['"a,b,c".split(",", -1) == ["a", "b", "c"]', true],
    ['"o©o©o".split("©", -1) == ["o", "o", "o"]', true],
    ['"a🐱b".split("") == ["a", "🐱", "b"]', true],
    ['"a🐱b".split("", 2) == ["a", "🐱b"]', true],
    ['",".split(",") == ["", ""] && "".split(",") == [""] && "".split("") == []', true],
    ['claims.a.split("/")[1] == "api"', true, { a: 'acme/api' }],
    ['claims.a.split("/")[2] == "api"', undefined, { a: 'acme/api' }],
    ['"deploy" in claims.scope.split(" ")', true, { scope: 'read deploy' }],
    ['claims.a.split(",") == ["x"]', undefined, { a: ['x'] }],
    ['["x", "y"].join() == "xy" && ["x", "y"].join("-") == "x-y"', true],
    ['[].join() == "" && [].join("-") == ""', true],
    ['claims.a.join("/") == "x/y"', true, { a: ['x', 'y'] }],
    ['claims.a.join("/") == "x/1"', undefined, { a: ['x', 1] }],
    ['claims.a.split("/").join(":") == "x:y"', true, { a: 'x/y' }],
  ])
})

describe('extract, as Google documents it', () => {
  const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/i-0abc'
  table([
    ['claims.arn.extract("assumed-role/{role}/") == "deploy"', true, { arn }],
    ['claims.arn.extract("{account}assumed-role/") == "arn:aws:sts::123456789012:"', true, { arn }],
    ['claims.arn.extract("assumed-role/{rest}") == "deploy/i-0abc"', true, { arn }],
    ['claims.arn.extract("{all}") == claims.arn', true, { arn }],
    ['claims.arn.extract("user/{name}") == ""', true, { arn }],
    ['claims.arn.extract("assumed-role/{role}/missing") == ""', true, { arn }],
    ['claims.arn.extract("assumed-role/{empty}deploy") == ""', true, { arn }],
    ['"a/b/a/c".extract("a/{first}/") == "b"', true],
  ])

  it.each(['"a"', '"{}"', '"{a}{b}"', '"{a b}"', '"}a{"', 'claims.b', '""'])(
    'needs a template with one name: %s',
    (template) => {
      expect(faultOf(`claims.a.extract(${template}) == "x"`)).toMatch(/one \{name\} in braces at/)
    },
  )
})
