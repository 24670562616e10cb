/** Text of other parties is shown in a terminal and in CI logs, and never executed as a command. */
import { expect, test } from 'vitest'
import { makePlain, makePlainJson, makePlainLines } from '../../../src/web/text/plain.ts'

test.each([
  ['a line feed and a command', 'no\n::add-mask::x', 'no\\u{a}::add-mask::x'],
  ['a carriage return', 'no\r::set-output name=a::b', 'no\\u{d}::set-output name=a::b'],
  ['a command at the start', '::add-mask::x', '\\u{3a}:add-mask::x'],
  ['a command behind white space', ' \u00a0::error::x', ' \u00a0\\u{3a}:error::x'],
  ['the older command form of GitHub', 'a ##[add-path]/tmp', 'a #\\u{23}[add-path]/tmp'],
  [
    'a command of Azure DevOps',
    'a ##vso[task.setvariable variable=b]c',
    'a #\\u{23}vso[task.setvariable variable=b]c',
  ],
  ['a command of TeamCity', "##teamcity[message text='a']", "#\\u{23}teamcity[message text='a']"],
  ['three signs', '###[group]', '##\\u{23}[group]'],
  ['an escape in the middle of a command', '##\u001b[group]', '##\\u{1b}[group]'],
  ['percent codes', '%0A::set-output', '%0A::set-output'],
  ['ANSI escape sequences', '\u001b[2J\u009b2J', '\\u{1b}[2J\\u{9b}2J'],
  ['line separators', 'a\u2028b\u2029c\u0085d', 'a\\u{2028}b\\u{2029}c\\u{85}d'],
  ['marks that reorder', 'a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
  ['nothing in plain text', 'Zürich: a::b, ##1 [x] “ü”', 'Zürich: a::b, ##1 [x] “ü”'],
])('escapes %s', (_name, text, plain) => {
  expect(makePlain(text)).toBe(plain)
})

test('escapes each line and keeps line feeds and tabs', () => {
  expect(makePlainLines('a\tb\n::c::d\n\t::e\r')).toBe('a\tb\n\\u{3a}:c::d\n\t\\u{3a}:e\\u{d}')
})

test('makes equal JSON without characters or commands that a terminal or a runner acts on', () => {
  const value = { a: '##vso[x]y', b: '\u009b\u2028\u{e0001}\ud83d\ude00', c: ['a\nb'] }
  for (const indent of [undefined, 2]) {
    const json = makePlainJson(JSON.stringify(value, null, indent))
    expect(JSON.parse(json)).toEqual(value)
    expect(json).not.toMatch(/##|[\u0080-\u009f\u2028\u{e0001}]/u)
  }
})
