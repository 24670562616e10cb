/**
 * Parses YAML: the checked value is the value that is sent, and YAML that JSON cannot represent is
 * refused.
 */
import { describe, expect, it } from 'vitest'
import { parseTrustFile } from '../../../src/analysis/source/trust-file.ts'
import { createScratch, runCli } from '../support/run.ts'

const parse = (text: string) => parseTrustFile('trust.yaml', new TextEncoder().encode(text))

function problemsOf(text: string): readonly string[] {
  const read = parse(text)
  return read.ok
    ? []
    : read.error.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

const TAG = 'has a tag that does not give a JSON value: remove the tag'
const NUMBER = 'is a number that JSON cannot represent exactly: put it in quotes'
const KEY = 'a key must be text: put it in quotes'

describe('a trust file', () => {
  it.each([
    ['a: !!set {x: null}', `1:4 ${TAG}`],
    ['!!set {a, b}', `1:1 ${TAG}`],
    ['a: !!omap [x: 1]', `1:4 ${TAG}`],
    ['a: !!pairs [x: 1]', `1:4 ${TAG}`],
    ['a: !!binary aGk=', `1:4 ${TAG}`],
    ['a: !!timestamp 2020-01-01', `1:4 ${TAG}`],
    ['a: !!merge <<', `1:4 ${TAG}`],
    ['a: !!value =', `1:4 ${TAG}`],
    ['a: !own x', `1:4 ${TAG}`],
    ['a: !own {x: 1}', `1:4 ${TAG}`],
    ['a:\n  - !own [1]', `2:5 ${TAG}`],
    ['a: !<tag:example.com,2020:y> x', `1:4 ${TAG}`],
    ['%TAG ! tag:example.com,2020:\n---\na: !y x', `3:4 ${TAG}`],
    ['? !!binary aGk=\n: 1', `1:3 ${TAG}`],
    ['a: !!bool yes', `1:4 ${TAG}`],
    ['a: !!int many', `1:4 ${TAG}`],
    ['a: .inf', `1:4 ${NUMBER}`],
    ['a: -.INF', `1:4 ${NUMBER}`],
    ['a: .nan', `1:4 ${NUMBER}`],
    ['a: !!float .inf', `1:12 ${NUMBER}`],
    ['a: 1e400', `1:4 ${NUMBER}`],
    ['a: 9007199254740993', `1:4 ${NUMBER}`],
    ['a: !!int 12345678901234567890', `1:10 ${NUMBER}`],
    ['{1: a}', `1:2 ${KEY}`],
    ['{true: a}', `1:2 ${KEY}`],
    ['{~: a}', `1:2 ${KEY}`],
    ['? [a]\n: b', `1:3 ${KEY}`],
    ['? {a: 1}\n: b', `1:3 ${KEY}`],
    ['a: &x 1\n*x : 2', `2:1 ${KEY}`],
    ['a: 1\n"a": 2', '2:1 duplicate key'],
    ['a: 1\n!!str a: 2', '2:7 duplicate key'],
    ['a: &x {b: 1}\nc:\n  <<: *x', '3:3 merge keys (<<) are not supported: repeat the members'],
    ['a: 1\nb: &x [*x]', '2:8 has aliases that expand to too much data'],
    ['a: 1\n---\na: 2', '2:1 a second document begins here: a file must contain only one document'],
  ])('refuses %j with its place', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  it.each([
    ['a: 2020-01-01', { a: '2020-01-01' }],
    ['a: 2020-01-01T00:00:00Z', { a: '2020-01-01T00:00:00Z' }],
    ['a: [yes, No, on, OFF, y]', { a: ['yes', 'No', 'on', 'OFF', 'y'] }],
    ['%YAML 1.1\n---\na: [yes, 1:30, 2020-01-01]', { a: ['yes', '1:30', '2020-01-01'] }],
    ['a: [TRUE, false]', { a: [true, false] }],
    ['a: [~, null, ]', { a: [null, null] }],
    ['a:', { a: null }],
    ['a: [0o17, 017, 0x1F, 1_000, 1e3]', { a: [15, 17, 31, '1_000', 1000] }],
    ['a: [-0, -0.0, 0.1]', { a: [0, 0, 0.1] }],
    ['a: 9007199254740991', { a: 9_007_199_254_740_991 }],
    ['a: !!str 12', { a: '12' }],
    ['a: !!int "12"', { a: 12 }],
    ['a: !!null ""', { a: null }],
    ['a: !!map {b: !!seq [1]}', { a: { b: [1] } }],
    ['a: ! 12', { a: '12' }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['a: "\\u2028\\ud800"', { a: '\u2028\ud800' }],
  ])('sends the value that it checks: %j', (text, value) => {
    const read = parse(text)
    expect(read.ok && read.value.value).toEqual(value)
    expect(read.ok && JSON.parse(read.value.json)).toStrictEqual(read.ok && read.value.value)
  })
})

it('parses a fixture file in the same way', async () => {
  const path = createScratch()('fixtures.yaml', 'trust: trust.yaml\ncases: !!set {a}\n')
  const { stderr, exitCode } = await runCli(['test', path])
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain(`${path}:2:8: ${TAG}`)
})
