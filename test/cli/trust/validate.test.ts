import { expect, test } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()

const VALID = `version: 1
issuers:
  github:
    provider: github-actions
resources:
  https://api.example.com:
    scopes: [deploy:read]
    max_lifetime: 15m
rules:
  - name: deploy
    owner: platform@example.com
    expires: 2099-01-31
    from: github
    when:
      repository_owner_id: "4411"
      ref: refs/heads/main
    grant:
      resource: https://api.example.com
      scopes: [deploy:read]
      lifetime: 10m
`

test('accepts a valid document, and reports that on stderr only', async () => {
  const path = write('good.yaml', VALID)
  expect(await runCli(['validate', path])).toEqual({
    stdout: '',
    stderr: `edgemint: ${path} is valid\n`,
    exitCode: 0,
  })
})

test('accepts JSON', async () => {
  const path = write('good.json', '{\n\t"version": 1,\n\t"rules": []\n}\n')
  expect((await runCli(['validate', path])).exitCode).toBe(0)
})

type Row = [name: string, from: string, to: string, place: string, message: RegExp]

test.each<Row>([
  [
    'an unknown key',
    '    owner:',
    '    owners: x\n    owner:',
    '11:5',
    /rules\[0\]\.owners: unknown key "owners"/,
  ],
  [
    'a wrong type',
    'scopes: [deploy:read]\n    max',
    'scopes: deploy\n    max',
    '7:5',
    /resources\["https:\/\/api\.example\.com"\]\.scopes: must be a list, not a string/,
  ],
  [
    'a number in place of a string',
    '    owner: platform@example.com',
    '    owner: 7',
    '11:5',
    /rules\[0\]\.owner: must be a string, not a number/,
  ],
  [
    'a missing member',
    '    owner: platform@example.com\n',
    '',
    '10:5',
    /rules\[0\]\.owner: is missing: owner is required/,
  ],
  ['a duplicate key', '    owner:', '    owner: x\n    owner:', '12:5', /duplicate key/],
  [
    'an expired rule',
    '2099-01-31',
    '2020-01-31',
    '12:5',
    /rules\[0\]\.expires: ended on 2020-01-31/,
  ],
  [
    'a lifetime above the ceiling',
    'max_lifetime: 15m',
    'max_lifetime: 2h',
    '8:5',
    /max_lifetime: is above the deployment's ceiling of 3600 seconds/,
  ],
  [
    'an undeclared issuer',
    'from: github',
    'from: gitlab',
    '13:5',
    /rules\[0\]\.from: "gitlab" is not declared in issuers/,
  ],
  [
    'a rule that trusts every tenant',
    '      repository_owner_id: "4411"\n',
    '',
    '14:5',
    /rules\[0\]\.when: github-actions signs tokens for all its customers/,
  ],
  [
    'an inexact number',
    '"4411"',
    '12345678901234567890',
    '15:28',
    /is a number that JSON cannot represent exactly: put it in quotes/,
  ],
  [
    'a key that is not text',
    'version: 1',
    '1: version',
    '1:1',
    /a key must be text: put it in quotes/,
  ],
  [
    'an alias without an anchor',
    'from: github',
    'from: *nobody',
    '13:11',
    /is an alias without an anchor/,
  ],
  ['text that is not YAML', 'version: 1', 'version: [1', '2:1', /does not end with \]/],
])('reports %s with its line and column', async (name, from, to, place, message) => {
  expect(VALID).toContain(from)
  const path = write(`${name.replaceAll(' ', '-')}.yaml`, VALID.replace(from, to))
  const { stdout, stderr, exitCode } = await runCli(['validate', path])
  expect([stdout, exitCode]).toEqual(['', 1])
  const [head, problem] = stderr.split('\n')
  expect(head).toMatch(new RegExp(`^edgemint: ${path} is refused: \\d+ problems?$`))
  expect(problem?.startsWith(`${path}:${place}: `)).toBe(true)
  expect(problem).toMatch(message)
})

test('reports a duplicate rule name', async () => {
  const [head = '', rule = ''] = VALID.split('rules:\n')
  const path = write('twice.yaml', `${head}rules:\n${rule}${rule}`)
  const { stderr, exitCode } = await runCli(['validate', path])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`${path}:21:5: rules[1].name: duplicate rule name "deploy"\n`)
})

test('refuses merge keys, because YAML readers interpret them differently', async () => {
  const merged = VALID.replace(
    '  github:',
    '  base: &base\n    audience: x\n  github:\n    <<: *base',
  )
  const { stderr, exitCode } = await runCli(['validate', write('merge.yaml', merged)])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/:6:5: merge keys \(<<\) are not supported: repeat the members\n/)
})

test('refuses aliases that expand to too much data', async () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const before =
      level === 0
        ? '"x"'
        : Array(9)
            .fill(`*l${level - 1}`)
            .join(', ')
    return `l${level}: &l${level} [${before}]`
  })
  const { stderr, exitCode } = await runCli(['validate', write('bomb.yaml', levels.join('\n'))])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(':2:10: has aliases that expand to too much data\n')
})

test.each([
  ['nesting deeper than the stack', '['.repeat(200_000), 'is nested too deeply'],
  ['an alias of itself', 'a: &a [*a]', 'has aliases that expand to too much data'],
])('refuses %s', async (name, text, message) => {
  const path = write(`${name.replaceAll(' ', '-')}.yaml`, text)
  const { stderr, exitCode } = await runCli(['validate', path])
  expect(exitCode).toBe(1)
  expect(stderr.split('\n')[1]?.replace(/:1:\d+: /, ': ')).toBe(`${path}: ${message}`)
})

test('refuses a file that is not text', async () => {
  const path = write('binary.yaml', new Uint8Array([0xff, 0xff, 0x20]))
  expect(await runCli(['validate', path])).toEqual({
    stdout: '',
    stderr: `edgemint: ${path} is refused: 1 problem\n${path}:1:1: is not UTF-8 text\n`,
    exitCode: 1,
  })
})

test('reads the ceilings and the loopback exception from the same settings as serve', async () => {
  const path = write('far.yaml', VALID)
  const environment = { MAX_RULE_EXPIRY_DAYS: '365' }
  const far = await runCli(['validate', path], { environment })
  expect(far.stderr).toContain(
    `${path}:12:5: rules[0].expires: is above the deployment's ceiling of 365`,
  )
  const local = ['validate', 'examples/trust.yaml']
  expect((await runCli(local)).exitCode).toBe(1)
  expect((await runCli([...local, '--local-issuers'])).exitCode).toBe(0)
})

test('prints every problem of every file as JSON, and the same messages on stderr', async () => {
  const good = write('one.yaml', VALID)
  const bad = write('two.yaml', VALID.replace('from: github', 'from: x'))
  const { stdout, stderr, exitCode } = await runCli(['validate', good, bad, '--json'])
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    files: [
      { file: good, valid: true, problems: [] },
      {
        file: bad,
        valid: false,
        problems: [
          {
            code: 'issuer_unknown',
            path: ['rules', 0, 'from'],
            message: '"x" is not declared in issuers',
            line: 13,
            column: 5,
          },
        ],
      },
    ],
  })
  expect(stderr).toContain(`${bad}:13:5: rules[0].from: "x" is not declared in issuers\n`)
})

test('escapes control characters of a file on the terminal', async () => {
  const path = write('escape.yaml', VALID.replace('from: github', 'from: "\\e[31mred"'))
  const { stderr } = await runCli(['validate', path])
  expect(stderr).not.toContain('\u001b')
})
