/** Evaluates the tables and examples of docs/expressions.md. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as documentLimits from '../../../../../src/contract/limits.ts'
import * as gatewayLimits from '../../../../../src/core/limits.ts'
import { FUNCTION_NAMES } from '../../../../../src/core/policy/language/expression/functions.ts'
import {
  REQUEST_MEMBERS,
  VARIABLES,
} from '../../../../../src/core/policy/language/expression/names.ts'
import { LOOPS } from '../../../../../src/core/policy/language/expression/syntax.ts'
import { compile, holds } from '../../support/expression.ts'

const limits = { ...gatewayLimits, ...documentLimits }

const page = readFileSync(join(import.meta.dirname, '../../../../../docs/expressions.md'), 'utf8')

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code = '']) => code,
  )

/** Returns the rows of the table in a section, without the header. */
function rows(title: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n## ${title}\n`)
  const [text = ''] = section.split('\n## ')
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('\\|', '|')))
}

const codeOf = (cell = '') => /^`(.*)`$/.exec(cell)?.[1] ?? ''
const [claims] = blocks('json').map((code) => JSON.parse(code))

describe('docs/expressions.md', () => {
  it.each(rows('Functions'))('%s: %s', (_name, _what, example) => {
    expect(holds(codeOf(example), claims)).toBe(true)
  })

  it('lists exactly the functions and names of the language', () => {
    const named = rows('Functions').map(([name = '']) => /(\w+)\(/.exec(name)?.[1])
    expect(named.toSorted()).toEqual(['has', ...FUNCTION_NAMES, ...LOOPS].toSorted())
    const members = Object.keys(REQUEST_MEMBERS).map((member) => `request.${member}`)
    expect(rows('Names').map(([name]) => codeOf(name))).toEqual(['claims', ...members])
    expect(Object.keys(VARIABLES)).toEqual(['claims', 'request'])
  })

  it.each(rows("From Google's attribute conditions"))('%s is %s', (theirs, ours) => {
    expect(compile(codeOf(theirs))).toMatch(/ at line 1, column \d+: /)
    expect(holds(codeOf(ours), { ...claims, sub: 'x' })).toBe(true)
  })

  it.each(rows('Differences from CEL'))('%s: %s, %s', (source, _cel, here = '') => {
    const [, outcome] = /^(refused|true|false|undefined)/.exec(here) ?? []
    const expression = compile(codeOf(source))
    if (outcome === 'refused') expect(expression).toMatch(/ at line 1, column \d+/)
    else expect(String(holds(codeOf(source), claims))).toBe(outcome)
  })

  it('shows valid fragments and the actual error messages', () => {
    expect(blocks('yaml fragment')).toHaveLength(1)
    const [, condition = ''] = /condition: (.*)/.exec(blocks('yaml fragment')[0] ?? '') ?? []
    const ids = { actor_id: '1234567', repository_owner_id: '4411' }
    expect(holds(condition, { ...claims, ...ids }, { country: 'DE' })).toBe(true)
    for (const example of blocks('cel')) {
      expect(holds(example, { role: 'ops' })).toBe(true)
      for (const role of ['guest', ['guest']]) expect(holds(example, { role })).toBe(false)
    }
    const faults = [
      'assertion.sub == "x"',
      'claims.ref.matches("x")',
      'claims.ref = "x"',
      'claims.ref == "xxxx\u0000"',
    ].map(compile)
    expect(blocks('text')).toEqual([`${faults.join('\n')}\n`])
  })

  it('is correct about lists and unknown results', () => {
    expect(holds('claims.role != "guest"', { role: ['guest'] })).toBe(true)
    expect(holds('claims.role in ["admin", "ops"]', { role: ['admin'] })).toBe(false)
    expect(holds('"admin" in claims.roles', { roles: 'admin' })).toBe(undefined)
    expect(holds('has(claims.a) && claims.a == "x"', {})).toBe(false)
    expect(
      holds('claims["kubernetes.io"].namespace == "n"', { 'kubernetes.io': { namespace: 'n' } }),
    ).toBe(true)
  })

  it('lists the limits', () => {
    const numbers = rows('Cost').map(([, value = '']) => Number(value.replace(',', '')))
    expect(numbers).toEqual([
      limits.MAX_EXPRESSION_CHARACTERS,
      limits.MAX_EXPRESSION_NODES,
      limits.MAX_EXPRESSION_DEPTH,
      limits.MAX_VALUES_PER_CONDITION,
      limits.MAX_EXPRESSION_STEPS,
      limits.MAX_EXPRESSION_TEXT_CHARACTERS,
    ])
    for (const limit of [limits.MAX_CLAIM_CHARACTERS, limits.MAX_LIST_ELEMENTS]) {
      expect(page).toContain(limit.toLocaleString('en-US'))
    }
  })
})
