/** Tests of LINT-37: parts of a rule that hold for no token and no connection. */
import { describe, expect, it } from 'vitest'
import { type Change, documentOf, findingsOf } from '../support/documents.ts'

const found = (change: Change) =>
  findingsOf(documentOf('generic', change)).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-37' ? [one] : []
  })
const inCondition = (condition: string) => found({ rule: { condition } })

describe('LINT-37', () => {
  it.each([
    'false',
    'true && false',
    '1 == 2',
    '!(1 < 2)',
    'claims.a == "x" && false',
    '"a" in []',
  ])('finds an expression that is false for every token: %s', (condition) => {
    expect(inCondition(condition)).toMatchObject([
      {
        severity: 'warn',
        path: ['rules', 0, 'condition'],
        message: expect.stringContaining('the expression is false for every token'),
      },
    ])
  })

  it.each([
    'true',
    'claims.a == "x" || false',
    'has(claims.a)',
    'has(request.country)',
    '"a" in claims',
    'claims.exists(name, name == "a")',
    'size(claims) == 7',
    'claims.a == "x" ? true : false',
    'claims.list[0] == "x"',
    'claims.a == "x" && claims.b == "y"',
    'claims.a == "x" && claims.a != "y"',
    'claims.a == "x" || claims.a == "y"',
    'claims.a in ["x", "y"] && claims.a in ["y", "z"]',
    'claims.a.lowerAscii() == "x" && claims.a == "X"',
    '"x" in claims.list && "y" in claims.list',
    'request.tls == "TLSv1.3"',
    'request.tls in ["TLSv1.2", "TLSv1.3"]',
    'request["tls"] != "TLSv1"',
    'request.country in ["DE", "T1"]',
    'request.country == claims.country',
    'request.ip in ["203.0.113.7", "2001:db8::1", "2001:db8:0:1::", "::1"]',
    'has(claims.a) && claims.a != "null"',
    'claims.a != null && claims.b == "x"',
    '!(claims.a == null) && claims.b == "x"',
  ])('finds nothing in %s', (condition) => expect(inCondition(condition)).toEqual([]))

  it('finds comparisons of one claim that exclude each other', () => {
    const message = expect.stringContaining('no token meets all comparisons of a')
    for (const condition of [
      'claims.a == "x" && claims.a == "y"',
      'claims.a in ["w", "x"] && claims.a in ["y", "z"]',
      'claims.a == "x" && claims.a.lowerAscii() == "y"',
      'claims.a == "x" && claims.a.startsWith("y")',
      'claims.a.startsWith("y") && claims.a == "x"',
      'claims.a.startsWith("x/") && claims.a.startsWith("y/")',
      'claims.a.endsWith("x") && claims.a.endsWith("y")',
      'claims.a in ["x", "y"] && claims.a.contains("z")',
    ]) {
      expect(inCondition(condition), condition).toMatchObject([{ message }])
    }
  })

  const withWhen = (a: unknown, condition: string) => found({ rule: { when: { a }, condition } })

  it.each<[unknown, string]>([
    ['x', 'claims.a == "y"'],
    [['w', 'x'], 'claims.a in ["y", "z"]'],
    [{ glob: 'x/*' }, 'claims.a == "y/1"'],
    [{ not: ['y', 'z'] }, 'claims.a == "y"'],
    ['x', 'claims.a.lowerAscii() == "y"'],
    ['x', 'claims.a.startsWith("y")'],
    [['x', 'z'], 'claims.a != "x" && claims.a.endsWith("y")'],
    [{ glob: 'x/*' }, 'claims.a.startsWith("y/")'],
    [{ glob: '**/x' }, 'claims.a.endsWith("/y")'],
    [{ min: 3 }, 'claims.a == 2'],
    [{ min: 3, max: 5 }, 'claims.a in [2, 6]'],
  ])('finds a comparison that contradicts the condition %j: %s', (a, condition) => {
    expect(withWhen(a, condition)).toMatchObject([
      {
        path: ['rules', 0, 'condition'],
        message: 'no token meets all comparisons of a: this rule never matches',
      },
    ])
  })

  it.each<[unknown, string]>([
    ['x', 'claims.a == "x"'],
    ['x', 'claims.a == "y" || claims.b == "z"'],
    ['x', 'claims.b == "y"'],
    [{ glob: 'x/*' }, 'claims.a in ["y", "x/1"]'],
    [{ not: 'y' }, 'claims.a in ["y", "z"]'],
    ['X', 'claims.a.lowerAscii() == "x"'],
    [{ glob: 'X/*' }, 'claims.a.lowerAscii() == "x/1"'],
    [{ exists: true }, 'claims.a == "x"'],
    ['x/1', 'claims.a.startsWith("x/")'],
    [{ glob: 'x/*' }, 'claims.a.startsWith("x/1") && claims.a.endsWith("1")'],
    [{ glob: 'X/*' }, 'claims.a.lowerAscii().startsWith("x/")'],
    [{ min: 3, max: 5 }, 'claims.a in [2, 5]'],
  ])('finds no contradiction to the condition %j in %s', (a, condition) => {
    expect(withWhen(a, condition)).toEqual([])
  })

  it('finds two conditions on one claim, in two spellings, that exclude each other', () => {
    const both = (one: unknown, other: unknown) =>
      found({ when: { 'a.b': one, '["a", "b"]': other } })
    expect(both('x', 'y')).toMatchObject([
      {
        path: ['rules', 0, 'when', '["a", "b"]'],
        message: expect.stringContaining('never matches'),
      },
    ])
    expect(both({ glob: 'x/*' }, ['y', 'z'])).toHaveLength(1)
    expect(both({ glob: 'x/*' }, ['y', 'x/1'])).toEqual([])
    expect(both('x', { exists: true })).toEqual([])
  })

  it('finds an index before the start of a list', () => {
    expect(inCondition('claims.list[-1] == "x" || claims.a == "y"')).toMatchObject([
      { message: expect.stringContaining('[-1] is no element of a list') },
    ])
  })

  it.each([
    ['request.tls == "1.3"', ['"1.3"']],
    ['request.tls in ["TLSv1.3", "TLS 1.3", "TLSv1.4"]', ['"TLS 1.3"', '"TLSv1.4"']],
    ['"tlsv1.3" == request["tls"]', ['"tlsv1.3"']],
    ['request.country == "de"', ['"de"']],
    ['request.country == "Germany"', ['"Germany"']],
    ['request.country in ["GB", "UK"]', ['"UK"']],
    ['request.ip == "10.0.0.0/8"', ['"10.0.0.0/8"']],
    [
      'request.ip in ["203.0.113.7", "2001:db8::/32", "localhost"]',
      ['"2001:db8::/32"', '"localhost"'],
    ],
    [
      'request.ip in ["2001:DB8::1", "2001:0db8::1", "2001:db8:0:0::1", "::ffff:192.0.2.1"]',
      ['"2001:DB8::1"', '"2001:0db8::1"', '"2001:db8:0:0::1"', '"::ffff:192.0.2.1"'],
    ],
    [
      'request.ip in ["010.0.0.1", "10.0.0.256", "::ffff:c000:201", "1::2::3"]',
      [...['"010.0.0.1"', '"10.0.0.256"', '"::ffff:c000:201"', '"1::2::3"']],
    ],
  ])('finds a value that no connection has: %s', (condition, values) => {
    const findings = inCondition(condition)
    expect(findings.map(({ severity }) => severity)).toEqual(values.map(() => 'warn'))
    for (const [index, value] of values.entries()) {
      expect(findings[index]?.message).toContain(`${value} never occurs as request.`)
    }
  })

  it.each(['claims.a == null', 'null == claims.list[0] || claims.a == "x"'])(
    'finds a comparison with null that is never true: %s',
    (condition) => {
      expect(inCondition(condition)).toMatchObject([
        { severity: 'warn', message: expect.stringContaining('== null is never true') },
      ])
    },
  )

  it('finds a comparison with null that is never false in a deny rule', () => {
    const denying = (condition: string) =>
      found({
        more: [{ name: 'never', effect: 'deny', from: 'ci', when: { sub: 'x' }, condition }],
      })
    expect(denying('claims.a != null')).toMatchObject([
      { severity: 'error', message: expect.stringContaining('!= null is never false') },
    ])
    expect(denying('claims.a == null')).toEqual([])
  })

  it('is an error where the effect is that more is allowed', () => {
    expect(inCondition('request.tls != "1.0"')).toMatchObject([
      { severity: 'error', message: expect.stringContaining('it excludes no connection') },
    ])
    const deny = {
      name: 'never',
      effect: 'deny',
      from: 'ci',
      when: { sub: 'x' },
      condition: 'false',
    }
    expect(found({ more: [deny] })).toMatchObject([
      { severity: 'error', message: expect.stringContaining('denies nothing') },
    ])
  })
})
