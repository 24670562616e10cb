/** How arguments and variables become the values of flags. */
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Command } from '../../../src/cli/shell/command.ts'
import { parseFlags } from '../../../src/cli/shell/flags.ts'
import { withIo } from '../../../src/cli/shell/io.ts'
import { findNearest } from '../../../src/cli/shell/nearest.ts'

const COMMAND = {
  flags: {
    url: { value: 'URL', about: '', variables: ['FIRST_URL', 'SECOND_URL'] },
    scope: { value: 'SCOPE', about: '', repeats: true, variables: ['SCOPES'] },
    host: { value: 'HOST', about: '', repeats: true, variables: ['HOSTS'], separator: /[\s,]+/ },
    algorithm: { value: 'ALG', about: '', alias: 'alg' },
    json: { about: '' },
  },
  arguments: { least: 0, most: 1, what: 'a file' },
} as const satisfies Pick<Command, 'flags' | 'arguments'>

function parse(args: readonly string[], environment: Record<string, string> = {}) {
  const stream = new Writable()
  const io = { stdin: Readable.from([]), stdout: stream, stderr: stream, environment }
  return withIo(io, () => parseFlags(args, COMMAND))
}

test('a flag that is not given has no value, and a switch is off', () => {
  expect(parse([]).values).toEqual({
    url: undefined,
    scope: undefined,
    host: undefined,
    algorithm: undefined,
    json: false,
  })
})

test.each([
  ['after a space', ['--url', 'a', '--json', '--scope', 'x', '--scope', 'y', 'file']],
  ['after a sign', ['file', '--scope=x', '--scope=y', '--url=a', '--json']],
])('takes a value %s', (_name, args) => {
  const { values, positionals } = parse(args)
  expect(values).toMatchObject({ url: 'a', scope: ['x', 'y'], json: true })
  expect(positionals).toEqual(['file'])
})

test('a value may begin with a dash after the sign, and a dash alone is stdin', () => {
  expect(parse(['--url=-a', '--scope', '-']).values).toMatchObject({ url: '-a', scope: ['-'] })
})

test.each<[string, Record<string, string>, readonly string[], object]>([
  ['the flag before its variable', { FIRST_URL: 'v' }, ['--url', 'f'], { url: 'f' }],
  ['the variable where the flag is absent', { FIRST_URL: ' v ' }, [], { url: 'v' }],
  ['the first variable before the second', { FIRST_URL: 'a', SECOND_URL: 'b' }, [], { url: 'a' }],
  ['the second where the first is blank', { FIRST_URL: ' ', SECOND_URL: 'b' }, [], { url: 'b' }],
  ['words of a variable', { SCOPES: ' a  b,c ' }, [], { scope: ['a', 'b,c'] }],
  [
    'words between commas where the flag says so',
    { HOSTS: 'a, b,c' },
    [],
    { host: ['a', 'b', 'c'] },
  ],
  ['only the flags where some are given', { SCOPES: 'a b' }, ['--scope', 'c'], { scope: ['c'] }],
])('takes %s', (_name, environment, args, values) => {
  expect(parse(args, environment).values).toMatchObject(values)
})

test('says where a value came from', () => {
  expect(parse(['--url', 'a']).nameOf('url')).toBe('--url')
  expect(parse([], { SECOND_URL: 'a' }).nameOf('url')).toBe('SECOND_URL')
})

test.each<[string, readonly string[], string]>([
  ['twice', ['--url', 'a', '--url', 'b'], '--url is given twice'],
  ['twice with the same value', ['--url=a', '--url=a'], '--url is given twice'],
  ['under both of its names', ['--alg', 'a', '--algorithm', 'b'], '--algorithm is given twice'],
  ['as a switch twice', ['--json', '--json'], '--json is given twice'],
  ['without a value', ['--url'], '--url needs a value'],
  ['with an empty value', ['--url='], '--url needs a value'],
  ['with a blank value', ['--url', '\t'], '--url needs a value'],
  ['with a flag for its value', ['--url', '--json'], '--url needs a value'],
  ['with an empty value among several', ['--scope', 'a', '--scope', ''], '--scope needs a value'],
  ['as a switch with a value', ['--json=yes'], '--json takes no value'],
  ['that nobody knows', ['--bogus'], 'unknown flag --bogus'],
  ['that is mistyped', ['--ulr', 'a'], 'unknown flag --ulr: did you mean --url?'],
  ['by its first letter', ['-u', 'a'], 'unknown flag -u'],
  ['like a member of every object', ['--constructor', 'a'], 'unknown flag --constructor'],
  ['like the prototype of every object', ['--__proto__=a'], 'unknown flag --__proto__'],
])('refuses a flag %s', (_name, args, message) => {
  expect(() => parse(args)).toThrow(message)
})

test.each<[string, readonly string[], string]>([
  ['too many', ['a', 'b'], 'unexpected argument "b"'],
  ['an empty one', [''], 'an argument is empty'],
])('refuses arguments: %s', (_name, args, message) => {
  expect(() => parse(args)).toThrow(message)
})

test.each([
  ['prot', 'port'],
  ['local-issuer', 'local-issuers'],
  ['locl-isuers', 'local-issuers'],
  ['allow_host', 'allow-host'],
  ['x', undefined],
  ['file', undefined],
  ['', undefined],
])('guesses for %s: %s', (word, nearest) => {
  expect(findNearest(word, ['port', 'local-issuers', 'allow-host'])).toBe(nearest)
})
