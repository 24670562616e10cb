import { expect, test } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()

write(
  'trust.yaml',
  `version: 1
issuers:
  github:
    provider: github-actions
resources:
  https://api.example.com:
    scopes: [read, write]
rules:
  - name: deploy
    owner: platform@example.com
    expires: 2027-01-31
    from: github
    when: { repository_id: "1", ref: refs/heads/main }
    grant: { resource: https://api.example.com, scopes: [read, write] }
  - name: never
    effect: deny
    from: github
    when: { event_name: issue_comment }
`,
)

const HEAD = 'trust: trust.yaml\nat: 2026-12-01T00:00:00Z\ncases:\n'
const one = (name: string, claims: string, expected: string, more = '') => `  - name: ${name}
    issuer: github
    claims: ${claims}
    request: { resource: https://api.example.com }
    expect: ${expected}
${more}`
const MAIN = '{ repository_id: "1", ref: refs/heads/main }'
const GRANTED = one(
  "'main <deploys> #1'",
  MAIN,
  '{ decision: granted, rule: deploy, scopes: [write, read] }',
)
const DENIED = one(
  'a comment',
  '{ repository_id: "1", ref: refs/heads/main, event_name: issue_comment }',
  '{ decision: denied, reason: rule_denied, rule: never }',
)
const WRONG = one(
  'next does not',
  '{ repository_id: "1", ref: refs/heads/next }',
  '{ decision: granted, rule: deploy }',
)

const good = write('good.test.yaml', HEAD + GRANTED + DENIED)
const short = write('short.test.yaml', HEAD + GRANTED)
const bad = write('bad.test.yaml', HEAD + GRANTED + DENIED + WRONG)

test('passes fixtures whose decisions are as expected', async () => {
  expect(await runCli(['test', good])).toEqual({
    stdout: 'ok     main <deploys> #1\nok     a comment\n',
    stderr: 'edgemint: 2 of 2 fixtures passed, 0 rules unreached\n',
    exitCode: 0,
  })
})

test('shows the differences of a failed fixture, and explains the decision', async () => {
  const { stdout, stderr, exitCode } = await runCli(['test', bad])
  expect(stdout).toContain(`not ok ${bad}:14: next does not
  - decision: granted
  + decision: denied
  - rule: deploy
  + rule: none
  denied: no rule from github matches
  deploy: does not match: ref must be "refs/heads/main", but it is "refs/heads/next"`)
  expect([stderr, exitCode]).toEqual(['edgemint: 2 of 3 fixtures passed, 0 rules unreached\n', 1])
})

test('refuses claims with another iss, as a gateway does, and names the issuer that has it', async () => {
  const claims = (iss: string) => `{ iss: "${iss}", repository_id: "1", ref: refs/heads/main }`
  const refused = '{ decision: denied, reason: issuer_not_trusted }'
  const own = claims('https://token.actions.githubusercontent.com')
  const file = write(
    'issuers.test.yaml',
    HEAD +
      one('its own', own, '{ decision: granted }') +
      one('of nobody', claims('https://gitlab.com'), refused) +
      one('expects a grant', claims('https://gitlab.com'), '{ decision: granted }'),
  )
  const { stdout, exitCode } = await runCli(['test', file])
  expect(stdout).toContain(`ok     its own
ok     of nobody
not ok ${file}`)
  expect(stdout).toContain(
    'the token is not of github: iss is "https://gitlab.com", and github has "https://token.actions.githubusercontent.com"; no issuer of the document has this iss\n',
  )
  expect(exitCode).toBe(1)
})

test('lists rules that no fixture reaches, and fails for them with --all-rules', async () => {
  const told = await runCli(['test', short])
  expect(told.stdout).toMatch(/^unreached .*trust\.yaml: no fixture reaches the rule never$/m)
  expect(told.exitCode).toBe(0)
  expect((await runCli(['test', short, '--all-rules'])).exitCode).toBe(1)
})

test('prints TAP 14 with numbered cases and escaped names', async () => {
  const { stdout } = await runCli(['test', bad, '--format', 'tap'])
  const lines = stdout.split('\n')
  expect(lines.slice(0, 3)).toEqual(['TAP version 14', '1..3', 'ok 1 - main <deploys> \\#1'])
  expect(stdout).toMatch(
    /^not ok 3 - next does not\n {2}---\n {2}at: .*\n {2}diff: \|\n[\s\S]*\n {2}\.\.\.$/m,
  )
})

test('prints JUnit XML with one suite for each file and escaped markup', async () => {
  const { stdout } = await runCli(['test', good, bad, '--format', 'junit'])
  expect(stdout.match(/<testsuite name="[^"]*" tests="\d" failures="\d">/g)).toHaveLength(2)
  expect(stdout).toContain('<testcase name="main &lt;deploys&gt; #1"')
  expect(stdout).toMatch(/<failure message="decision, rule differs">- decision: granted/)
})

test('reads claims from a file in the folder of the fixture file', async () => {
  write('claims.json', '{"repository_id":"1","ref":"refs/heads/main"}')
  const text = HEAD + GRANTED.replace(`claims: ${MAIN}`, 'claims_file: claims.json')
  expect((await runCli(['test', write('file.test.yaml', text)])).exitCode).toBe(0)
})

test.each([
  [
    'an unknown key',
    GRANTED.replace('expect:', 'expects:'),
    /:8:5: cases\[0\]\.expects: unknown key "expects"/,
  ],
  [
    'no claims',
    GRANTED.replace(`claims: ${MAIN}`, 'at: 2026-12-02'),
    /needs either claims or claims_file/,
  ],
  ['no case', '  []\n', /cases: must be a list of at least one case/],
  ['an unknown decision', GRANTED.replace('granted', 'maybe'), /must be granted or denied/],
  ['an unknown expectation', GRANTED.replace('rule:', 'rules:'), /unknown key "rules"/],
  [
    'scopes that are not a list',
    GRANTED.replace('[write, read]', 'write'),
    /must be a list of strings/,
  ],
])('refuses a file with %s', async (name, text, message) => {
  const path = write(`${name.replaceAll(' ', '-')}.test.yaml`, HEAD + text)
  const { stdout, stderr, exitCode } = await runCli(['test', path])
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(stderr).toMatch(message)
})

test('compares the subject, the lifetime and the claims of the token', async () => {
  const expected = (subject: string, lifetime: string, claims: string) =>
    one(
      'main',
      '{ sub: x, repository_id: "1", ref: refs/heads/main }',
      `{ decision: granted, subject: "${subject}", lifetime: ${lifetime}, claims: ${claims} }`,
    )
  const right = write('token.test.yaml', HEAD + expected('github:x', '600', '{}'))
  expect((await runCli(['test', right])).exitCode).toBe(0)
  const wrong = write('wrong.test.yaml', HEAD + expected('github:y', '60', '{ a: b }'))
  const { stdout, exitCode } = await runCli(['test', wrong])
  expect(stdout).toContain(`
  - subject: github:y
  + subject: github:x
  - lifetime: 60
  + lifetime: 600
  - claims: {"a":"b"}
  + claims: {}
`)
  expect(exitCode).toBe(1)
})

test('uses the lifetime and the connection data of the case', async () => {
  const text = `${HEAD}  - name: main
    issuer: github
    claims: { sub: x, repository_id: "1", ref: refs/heads/main }
    request:
      resource: https://api.example.com
      lifetime: 60
      context: { country: DE, asn: 3320, ip: 192.0.2.1, tls: TLSv1.3 }
    expect: { decision: granted, lifetime: 60 }
`
  expect((await runCli(['test', write('asked.test.yaml', text)])).exitCode).toBe(0)
  const unknown = write('context.test.yaml', text.replace('country: DE', 'city: Bonn'))
  expect((await runCli(['test', unknown])).stderr).toContain('unknown key "city"')
})

test('accepts a template that does not render as the expected reason of a rule', async () => {
  write(
    'template.yaml',
    `version: 1
issuers: { github: { provider: github-actions } }
resources: { https://api.example.com: { scopes: [read] } }
rules:
  - name: deploy
    owner: platform@example.com
    expires: 2027-01-31
    from: github
    when: { repository_id: "1" }
    grant:
      resource: https://api.example.com
      scopes: [read]
      subject: "github:{repository_id}:{environment}"
`,
  )
  const text = `trust: template.yaml
at: 2026-12-01T00:00:00Z
cases:
${one('no environment', MAIN, '{ decision: denied, reason: template_unrenderable, rule: deploy }')}`
  const path = write('template.test.yaml', text)
  expect((await runCli(['test', path, '--all-rules'])).exitCode).toBe(0)
  const granted = write(
    'granted.test.yaml',
    text.replace(/expect: .*/, 'expect: { decision: granted }'),
  )
  const { stdout } = await runCli(['test', granted])
  expect(stdout).toContain(
    'the template of subject does not render: the claim environment is absent',
  )
})

test.each([
  [
    'a reason that no decision can have',
    '{ decision: denied, reason: token_malformed }',
    'must be one of issuer_not_trusted, ',
  ],
  [
    'less than the shortest lifetime',
    '{ decision: granted, lifetime: 9 }',
    'must be a whole number of seconds, 10 or more',
  ],
])('refuses to expect %s', async (name, expected, sentence) => {
  const path = write(`${name.replaceAll(' ', '-')}.test.yaml`, HEAD + one('main', MAIN, expected))
  const { stderr, exitCode } = await runCli(['test', path])
  expect(stderr).toContain(sentence)
  expect(exitCode).toBe(1)
})

test('TOK-14 refuses claims beyond the limits of a gateway, and names the limit', async () => {
  const deep = `{ deep: ${'['.repeat(150)}${']'.repeat(150)} }`
  const path = write('deep.test.yaml', HEAD + one('deep', deep, '{ decision: denied }'))
  expect((await runCli(['test', path])).stderr).toMatch(/nested more than 16 levels|too deep/)
})
