/** Parses arguments and environment variables into the values of flags. */
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Command } from '../../../src/cli/shell/command.ts'
import { parseFlags } from '../../../src/cli/shell/flags.ts'
import { withIo } from '../../../src/cli/shell/io.ts'
import { findNearest } from '../../../src/web/text/nearest.ts'

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

test('returns no value for an absent flag, and false for an absent switch', () => {
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
  ['after an equals sign', ['file', '--scope=x', '--scope=y', '--url=a', '--json']],
])('takes a value %s', (_name, args) => {
  const { values, positionals } = parse(args)
  expect(values).toMatchObject({ url: 'a', scope: ['x', 'y'], json: true })
  expect(positionals).toEqual(['file'])
})

test('accepts a value that begins with a dash after an equals sign, and a single dash for stdin', () => {
  expect(parse(['--url=-a', '--scope', '-']).values).toMatchObject({ url: '-a', scope: ['-'] })
})

test.each<[string, Record<string, string>, readonly string[], object]>([
  ['the flag before its variable', { FIRST_URL: 'v' }, ['--url', 'f'], { url: 'f' }],
  ['the variable if the flag is absent', { FIRST_URL: ' v ' }, [], { url: 'v' }],
  ['the first variable before the second', { FIRST_URL: 'a', SECOND_URL: 'b' }, [], { url: 'a' }],
  [
    'the second variable if the first is blank',
    { FIRST_URL: ' ', SECOND_URL: 'b' },
    [],
    { url: 'b' },
  ],
  ['the words of a variable', { SCOPES: ' a  b,c ' }, [], { scope: ['a', 'b,c'] }],
  [
    'the words between commas if the flag has this separator',
    { HOSTS: 'a, b,c' },
    [],
    { host: ['a', 'b', 'c'] },
  ],
  ['only the flags if some are given', { SCOPES: 'a b' }, ['--scope', 'c'], { scope: ['c'] }],
])('takes %s', (_name, environment, args, values) => {
  expect(parse(args, environment).values).toMatchObject(values)
})

test('returns the name of the flag or variable that a value came from', () => {
  expect(parse(['--url', 'a']).nameOf('url')).toBe('--url')
  expect(parse([], { SECOND_URL: 'a' }).nameOf('url')).toBe('SECOND_URL')
})

test.each<[string, readonly string[], string]>([
  ['that is given twice', ['--url', 'a', '--url', 'b'], '--url is given twice'],
  ['that is given twice with the same value', ['--url=a', '--url=a'], '--url is given twice'],
  [
    'that is given under both of its names',
    ['--alg', 'a', '--algorithm', 'b'],
    '--algorithm is given twice',
  ],
  ['that is a switch and given twice', ['--json', '--json'], '--json is given twice'],
  ['without a value', ['--url'], '--url needs a value'],
  ['with an empty value', ['--url='], '--url needs a value'],
  ['with a blank value', ['--url', '\t'], '--url needs a value'],
  ['with another flag in place of its value', ['--url', '--json'], '--url needs a value'],
  ['with an empty value among several', ['--scope', 'a', '--scope', ''], '--scope needs a value'],
  ['that is a switch and has a value', ['--json=yes'], '--json takes no value'],
  ['that is unknown', ['--bogus'], 'unknown flag --bogus'],
  ['that is mistyped', ['--ulr', 'a'], 'unknown flag --ulr: did you mean --url?'],
  ['that is shortened to its first letter', ['-u', 'a'], 'unknown flag -u'],
  [
    'with the name of a member of every object',
    ['--constructor', 'a'],
    'unknown flag --constructor',
  ],
  ['with the name of the prototype of every object', ['--__proto__=a'], 'unknown flag --__proto__'],
])('refuses a flag %s', (_name, args, message) => {
  expect(() => parse(args)).toThrow(message)
})

test.each<[string, readonly string[], string]>([
  ['too many arguments', ['a', 'b'], 'unexpected argument "b"'],
  ['an empty argument', [''], 'an argument is empty'],
])('refuses %s', (_name, args, message) => {
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
])('suggests for "%s": %s', (word, nearest) => {
  expect(findNearest(word, ['port', 'local-issuers', 'allow-host'])).toBe(nearest)
})
