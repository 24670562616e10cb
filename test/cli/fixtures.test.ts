import { expect, test } from 'vitest'
import { createScratch, runCli } from './support/run.ts'

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

test('holds what holds', async () => {
  expect(await runCli(['test', good])).toEqual({
    stdout: 'ok     main <deploys> #1\nok     a comment\n',
    stderr: 'edgemint: 2 of 2 fixtures hold, 0 rules unreached\n',
    exitCode: 0,
  })
})

test('shows what differs, and why', async () => {
  const { stdout, stderr, exitCode } = await runCli(['test', bad])
  expect(stdout).toContain(`not ok ${bad}:14: next does not
  - decision: granted
  + decision: denied
  - rule: deploy
  + rule: none
  denied: no rule from github matches
  deploy: does not match: ref must be "refs/heads/main", but it is "refs/heads/next"`)
  expect([stderr, exitCode]).toEqual(['edgemint: 2 of 3 fixtures hold, 0 rules unreached\n', 1])
})

test('names rules that nothing reaches, and fails for them when asked', async () => {
  const told = await runCli(['test', short])
  expect(told.stdout).toMatch(/^unreached .*trust\.yaml: no fixture reaches the rule never$/m)
  expect(told.exitCode).toBe(0)
  expect((await runCli(['test', short, '--all-rules'])).exitCode).toBe(1)
})

test('TAP 14 numbers the cases and escapes their names', async () => {
  const { stdout } = await runCli(['test', bad, '--format', 'tap'])
  const lines = stdout.split('\n')
  expect(lines.slice(0, 3)).toEqual(['TAP version 14', '1..3', 'ok 1 - main <deploys> \\#1'])
  expect(stdout).toMatch(
    /^not ok 3 - next does not\n {2}---\n {2}at: .*\n {2}diff: \|\n[\s\S]*\n {2}\.\.\.$/m,
  )
})

test('JUnit has one suite for each file and escapes markup', async () => {
  const { stdout } = await runCli(['test', good, bad, '--format', 'junit'])
  expect(stdout.match(/<testsuite name="[^"]*" tests="\d" failures="\d">/g)).toHaveLength(2)
  expect(stdout).toContain('<testcase name="main &lt;deploys&gt; #1"')
  expect(stdout).toMatch(/<failure message="decision, rule differs">- decision: granted/)
})

test('reads claims from a file beside it', async () => {
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
  ['a decision that is none', GRANTED.replace('granted', 'maybe'), /must be granted or denied/],
  ['an expectation that nobody checks', GRANTED.replace('rule:', 'rules:'), /unknown key "rules"/],
  ['scopes that are no list', GRANTED.replace('[write, read]', 'write'), /must be a list of texts/],
])('refuses a file with %s', async (name, text, message) => {
  const path = write(`${name.replaceAll(' ', '-')}.test.yaml`, HEAD + text)
  const { stdout, stderr, exitCode } = await runCli(['test', path])
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(stderr).toMatch(message)
})
