import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()

const CARELESS = `version: 1
issuers:
  github:
    provider: github-actions
resources:
  https://api.example.com/v1:
    scopes: [deploy:write]
rules:
  - name: deploy
    description: Deploys.
    owner: platform@example.com
    expires: 2027-01-31
    from: github
    when:
      repository_id: "8123456"
      ref: refs/heads/main
      event_name: [push, issue_comment]
      runner_environment: github-hosted
    grant:
      resource: https://api.example.com/v1
      scopes: [deploy:write]
`
const ACCEPTING = CARELESS.replace(
  '    grant:',
  `    accept:
      - { lint: LINT-07, reason: "Comments are ours, 100%." }
      - { lint: PROBE, reason: Comments are ours. }
    grant:`,
)
const careless = write('careless.yaml', CARELESS)
const accepting = write('accepting.yaml', ACCEPTING)
const careful = write('careful.yaml', CARELESS.replace(', issue_comment', ''))
const bare = write(
  'bare.yaml',
  CARELESS.replace(', issue_comment', '').replaceAll(
    'https://api.example.com/v1',
    'HTTPS://API.example.com',
  ),
)
const broken = write('broken.yaml', CARELESS.replace('repository_id', 'repositoryid'))

test('reports no finding for a careful document', async () => {
  expect(await runCli(['lint', careful])).toEqual({
    stdout: '',
    stderr: `edgemint: ${careful}: 0 unresolved findings\n`,
    exitCode: 0,
  })
})

test('LINT-07 shows the line, the fix, and the claims of an identity that gets access', async () => {
  const { stdout, stderr, exitCode } = await runCli(['lint', careless])
  expect(
    stdout.split('\n\n')[0],
  ).toBe(`${careless}:17:7: error LINT-07 in deploy: issue_comment runs get deploy:write, and outsiders can start such runs
  16 |       ref: refs/heads/main
  17 |       event_name: [push, issue_comment]
     |       ^
  fix: List the allowed events, for example event_name: [push].`)
  expect(stdout).toMatch(/error PROBE in deploy: accepts a run that issue_comment starts/)
  expect(stdout).toMatch(/^ {2}claims: \{.*"event_name":"issue_comment".*\}$/m)
  expect([stderr, exitCode]).toEqual([`edgemint: ${careless}: 2 unresolved findings\n`, 1])
})

test('shows the lines of a file with the line ends of Windows without them', async () => {
  const path = write('windows.yaml', CARELESS.replaceAll('\n', '\r\n'))
  const { stdout } = await runCli(['lint', path])
  expect(stdout).toContain('\n  16 |       ref: refs/heads/main\n  17 |       event_name:')
})

test('LINT-40 is shown at the line of the resource and does not block', async () => {
  const { stdout, stderr, exitCode } = await runCli(['lint', bare])
  expect(
    stdout,
  ).toBe(`${bare}:6:3: info LINT-40: the URI has no path: some clients add a trailing slash and others remove it, but APIs compare aud exactly
  5 | resources:
  6 |   HTTPS://API.example.com:
    |   ^
  fix: If the clients and the API can change too, add a path, for example https://api.example.com/v1.
`)
  expect([stderr, exitCode]).toEqual([`edgemint: ${bare}: 0 unresolved findings, 1 info\n`, 0])
  const json = JSON.parse((await runCli(['lint', bare, '--format', 'json'])).stdout)
  expect(json.findings).toMatchObject([
    { id: 'LINT-40', severity: 'info', line: 6, column: 3, isBlocking: false },
  ])
  const sarif = JSON.parse((await runCli(['lint', bare, '--format', 'sarif'])).stdout)
  expect(sarif.runs[0].results).toMatchObject([{ ruleId: 'LINT-40', level: 'note' }])
  const { stdout: annotations } = await runCli(['lint', bare, '--format', 'github'])
  expect(annotations).toMatch(/^::notice file=.*,line=6,col=3,title=LINT-40::/)
  expect(await runCli(['validate', bare])).toMatchObject({
    stderr: expect.not.stringContaining('LINT'),
    exitCode: 0,
  })
})

test('lists accepted findings without failing for them', async () => {
  const { stdout, stderr, exitCode } = await runCli(['lint', accepting])
  expect(stdout).toContain('  accepted: Comments are ours, 100%.\n')
  expect(stderr).toBe(`edgemint: ${accepting}: 0 unresolved findings, 2 accepted\n`)
  expect(exitCode).toBe(0)
})

test('reports a problem of the compiler as a finding with its place', async () => {
  const { stdout, exitCode } = await runCli(['lint', broken, careful])
  expect(stdout).toContain(
    `${broken}:15:7: error claim_unknown: unknown claim "repositoryid" for github-actions; did you mean "repository_id"?`,
  )
  expect(exitCode).toBe(1)
})

test('prints JSON with the place, rule and claims of each finding', async () => {
  const { stdout } = await runCli(['lint', careless, '--format', 'json'])
  const { findings } = JSON.parse(stdout)
  expect(findings[0]).toEqual({
    file: careless,
    line: 17,
    column: 7,
    id: 'LINT-07',
    severity: 'error',
    rule: 'deploy',
    path: 'rules[0].when.event_name',
    message: 'issue_comment runs get deploy:write, and outsiders can start such runs',
    fix: 'List the allowed events, for example event_name: [push].',
    isBlocking: true,
  })
  expect(findings[1]).toMatchObject({ id: 'PROBE', identity: { event_name: 'issue_comment' } })
})

test('prints SARIF with one entry for each rule, places, and suppressed accepted findings', async () => {
  const { stdout } = await runCli(['lint', careless, accepting, '--format', 'sarif'])
  const log = JSON.parse(stdout)
  expect(log.version).toBe('2.1.0')
  const [{ tool, results }] = log.runs
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['LINT-07', 'PROBE'])
  expect(results).toHaveLength(4)
  expect(results[0]).toMatchObject({
    ruleId: 'LINT-07',
    ruleIndex: 0,
    level: 'error',
    locations: [{ physicalLocation: { region: { startLine: 17, startColumn: 7 } } }],
  })
  expect(results[0]).not.toHaveProperty('suppressions')
  expect(results[2].suppressions).toEqual([
    { kind: 'inSource', justification: 'Comments are ours, 100%.' },
  ])
})

test('prints GitHub annotations that text of the file cannot end early', async () => {
  const { stdout } = await runCli(['lint', accepting, '--format', 'github'])
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^::notice file=.*,line=17,col=7,title=LINT-07::.*100%25\.$/)
})

test('calls - stdin', async () => {
  const { stdout, stderr } = await runCli(['lint', '-'], { stdin: 'version: 2\n' })
  expect(stdout).toMatch(/^stdin:1:1: error /)
  expect(stderr).toMatch(/^edgemint: stdin: \d+ unresolved findings?\n$/)
})

test('refuses an unknown format', async () => {
  const { stderr, exitCode } = await runCli(['lint', careful, '--format', 'xml'])
  expect([stderr.split('\n')[0], exitCode]).toEqual([
    'edgemint: --format must be one of text, json, sarif, github',
    2,
  ])
})

test('shows of a long line the part around the finding', async () => {
  const text = JSON.stringify(parse(CARELESS))
  const { stderr, stdout } = await runCli(['lint', write('line.json', text)])
  const [shown = '', mark = ''] = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => /^ {2,}1? \| /.test(line))
    .map((line) => line.slice('  1 | '.length))
  expect(text.length).toBeGreaterThan(400)
  expect(shown).toMatch(/^….{160}…$/)
  const column = Number(/line\.json:1:(\d+):/.exec(stdout + stderr)?.[1])
  expect(shown.slice(mark.indexOf('^')).replace('…', '')).toBe(
    text.slice(column - 1, column - 1 + shown.length - mark.indexOf('^') - 1),
  )
})
