/** An expression has only the names of this language, and none of the library @marcbachmann/cel-js. */
import { Environment } from '@marcbachmann/cel-js'
import { describe, expect, it } from 'vitest'
import { FUNCTION_NAMES } from '../../../../../src/core/policy/language/expression/functions.ts'
import { LOOPS } from '../../../../../src/core/policy/language/expression/syntax.ts'
import { compile, faultOf, holds } from '../../support/expression.ts'

const OURS = new Set(['has', ...FUNCTION_NAMES, ...LOOPS])
const { variables, functions } = new Environment().getDefinitions()

describe('a variable of the library', () => {
  it('is in the list of definitions that this test checks', () => {
    expect(variables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['google', 'int', 'string', 'type', 'cel']),
    )
  })

  it.each(variables.map(({ name }) => name))('is not a name of the language: %s', (name) => {
    for (const source of [
      `${name} == claims.a`,
      `${name}.a == "x"`,
      `!has(${name}.a)`,
      `"x" in ${name}`,
      `claims.list.exists(x, x == ${name})`,
      `claims[${name}] == "x"`,
    ]) {
      expect(compile(source), source).toMatch(`${name} is not a name at line 1, column `)
    }
  })
})

describe('a function of the library', () => {
  const others = functions.filter(({ name }) => !OURS.has(name))

  it('is in the list of definitions that this test checks', () => {
    const names = new Set(others.map(({ name }) => name))
    for (const name of ['matches', 'timestamp', 'type', 'dyn', 'getFullYear', 'json', 'bind']) {
      expect(names).toContain(name)
    }
  })

  it('cannot be called', () => {
    for (const { name, params, receiverType, signature } of others) {
      const operands = params.map((_, index) => (index === 0 ? 'x' : 'claims.a'))
      const receiver = receiverType === null ? '' : 'claims.b.'
      const fault = faultOf(`${receiver}${name}(${operands.join(', ')}) == "x"`)
      expect
        .soft(fault, signature)
        .toMatch(new RegExp(`^uses ${name} at line 1, column \\d+: |^is not an expression: `))
    }
  })
})

describe('a name of another system', () => {
  it.each([
    [
      'assertion.sub == "x"',
      'use claims in place of assertion, such as claims.sub for assertion.sub',
    ],
    ['"admins" in google.groups', 'read the claim itself, such as claims.sub'],
    ['google.subject == "x"', 'read the claim itself'],
    ['attribute.repository == "acme/api"', 'read the claim itself'],
    ['subject == "x"', 'claims.sub'],
    ['principal.subject == "x"', 'use claims for the claims of the token'],
    ['resource.name == "x"', 'the grant of the rule names the resource'],
    ['token.sub == "x"', 'use claims for the claims of the token'],
    ['jwt.sub == "x"', 'use claims for the claims of the token'],
    ['clams.sub == "x"', 'use one of the variables claims and request'],
    ['claims.admin == True', 'write true'],
    ['claims.admin == False', 'write false'],
    ['claims.exp > now', 'an expression cannot read the time; use expires to end a rule'],
    ['claims.my-claim == "x"', 'hyphen in brackets, such as claims["my-claim"]'],
    ['claims.a.b-c-1 == "x"', 'hyphen in brackets, such as claims["b-c-1"]'],
    ['constructor == "x"', 'use one of the variables claims and request'],
    ['toString == "x"', 'use one of the variables claims and request'],
  ])('is refused in %s with advice: %s', (source, advice) => {
    expect(faultOf(source)).toContain(advice)
    expect(faultOf(source)).toMatch(/is not a name at line 1, column \d+: /)
  })

  it('may be a loop variable, which is defined only within the loop', () => {
    expect(holds('claims.list.exists(google, google == "x")', { list: ['x'] })).toBe(true)
    expect(faultOf('claims.list.exists(google, true) && google == "x"')).toContain('not a name')
  })
})

describe('a function in another spelling', () => {
  it.each([
    ['claims.a.startswith("x")', 'uses startswith at line 1, column 10: write startsWith'],
    ['claims.a.ends_with("x")', 'uses ends_with at line 1, column 10: write endsWith'],
    ['claims.a.lower() == "x"', 'can be called'],
  ])('is refused in %s with advice: %s', (source, advice) =>
    expect(faultOf(source)).toContain(advice),
  )
})

describe('a name of this language', () => {
  it.each(['claims', 'request'])('%s cannot be a loop variable', (name) => {
    expect(faultOf(`claims.list.all(${name}, true)`)).toContain('use another name')
  })

  it.each(['country', 'ip', 'tls'])('request.%s is a text', (member) => {
    const source = `request.${member} == "x" && request["${member}"].startsWith("x")`
    expect(holds(source, {}, { [member]: 'x' })).toBe(true)
    expect(holds(source, {}, {})).toBe(undefined)
    expect(holds(`has(request.${member})`, {}, {})).toBe(false)
  })

  it('request.asn is an int', () => {
    const source = 'request.asn % 2 == 0 && request.asn in [7018, 3320] && request.asn < 4e3'
    expect(holds(source, {}, { asn: 3320 })).toBe(true)
    expect(holds(source, {}, {})).toBe(undefined)
    expect(holds('claims.asn == request.asn', { asn: 3320 }, { asn: 3320 })).toBe(true)
  })

  it.each([
    'request.city == "Bonn"',
    'has(request.city)',
    'request["city"] == "Bonn"',
    'request[claims.a] == "Bonn"',
    'request == claims',
    '"asn" in request',
    'request.exists(x, true)',
    'size(request) == 1',
  ])('request has only its known members: %s', (source) => {
    expect(faultOf(source)).toMatch(/^does not type-check: /)
  })
})

describe('unsupported syntax', () => {
  it.each([
    ['{"a": 1} == claims.a', /an object in braces at line 1, column 1/],
    ['size({}) == 0', /an object in braces at line 1, column 6/],
    ['claims.a == b"x"', /has bytes at line 1, column 13/],
    ['claims.?a == "x"', /is not an expression/],
    ['claims[?"a"] == "x"', /is not an expression/],
    ['cel.bind(x, claims.a, x == "y")', /uses bind/],
    ['optional.of(claims.a) == claims.b', /uses of/],
    ['Token{a: 1} == claims.a', /is not an expression/],
    ['claims.__proto__ == "x"', undefined],
    ['has == 1', /has is not a name/],
    ['claims.has(a)', /needs has with one member/],
    ['has(claims.a, claims.b)', /needs has with one member/],
    ['has(claims)', /needs has with one member/],
    ['all(claims.a, x)', /needs all with a variable and a test/],
    ['claims.a.all(x)', /needs all with a variable and a test/],
    ['startsWith(claims.a, "x")', /behind a dot: x\.startsWith\(\)/],
    ['claims.a.int() == 1', /write it as int\(x\)/],
    ['claims.a.toString() == "x"', /uses toString/],
    ['claims.a.constructor("x") == "x"', /uses constructor/],
  ] as const)('is refused, or never holds: %s', (source, fault) => {
    if (fault === undefined) expect(holds(source, { __proto__: null, a: 'x' })).toBe(undefined)
    else expect(faultOf(source)).toMatch(fault)
  })
})
