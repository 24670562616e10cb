/** `edgemint posture` against a fake gateway. */
import { describe, expect, it } from 'vitest'
import { CHECK_IDS, mappingOf } from '../../../src/analysis/posture/checks.ts'
import type { PostureReport } from '../../../src/contract/posture/report.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]

const AT = Date.parse('2027-03-01T12:00:00Z') / 1000
const SOURCE = {
  ...{ name: 'deploy', owner: 'platform@example.com', expires: '2027-12-31', from: 'github' },
  when: { repository_id: '42' },
  grant: { resource: 'https://api.example.com/v1', scopes: ['deploy:read'] },
}
const REPORT: PostureReport = {
  ...{ at: AT, revision: 7, unused_days: 30 },
  mapping: Object.fromEntries(CHECK_IDS.map((id) => [id, mappingOf(id)])),
  usage: { state: 'on', since: AT - 86_400, rights: [] },
  findings: [
    {
      ...{ id: 'POS-03', severity: 'warn', subject: { kind: 'rule', name: 'deploy' } },
      ...{ path: ['rules', 0], message: 'no token had a|b', fix: 'Grant only deploy:read.' },
      narrower: SOURCE as never,
    },
    {
      ...{ id: 'POS-12', severity: 'error', subject: { kind: 'issuer', name: 'github' } },
      ...{ path: ['issuers', 'github'], message: 'its keys are\n\u001b[2J too old', fix: 'Look.' },
    },
    {
      ...{ id: 'POS-13', severity: 'info', subject: { kind: 'gateway', name: '' } },
      ...{ message: 'no key', fix: 'Deploy one.' },
    },
  ],
}
const posture = (...args: readonly string[]) => runCli(['posture', ...flags, ...args])
const answer = (report: object = REPORT) => gateway.answer(() => ({ status: 200, body: report }))

describe('edgemint posture', () => {
  it('shows each finding with what to do, and the narrower rule as YAML', async () => {
    answer()
    const { stdout, stderr, exitCode } = await posture()
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`${gateway.url}, revision 7, at 2027-03-01T12:00:00Z

the use of rules is known since 2027-02-28T12:00:00Z

POS-03 warn: rule deploy: no token had a|b
  fix: Grant only deploy:read.
  narrower:
    - name: deploy
      owner: platform@example.com
      expires: 2027-12-31
      from: github
      when:
        repository_id: "42"
      grant:
        resource: https://api.example.com/v1
        scopes:
          - deploy:read

POS-12 error: issuer github: its keys are\\u{a}\\u{1b}[2J too old
  fix: Look.

POS-13 info: the gateway: no key
  fix: Deploy one.
`)
    expect(stderr).toBe('edgemint: 3 findings: 1 error, 1 warn, 1 info\n')
  })

  it('prints the answer as JSON, with the chosen findings', async () => {
    answer()
    const { stdout } = await posture('--json', '--only', 'POS-03', '--only', 'POS-13')
    const [first, , last] = REPORT.findings
    expect(JSON.parse(stdout)).toEqual({ ...REPORT, findings: [first, last] })
    expect(gateway.asked[0]?.path).toBe('/admin/v1/posture')
    expect((await posture('--format', 'json', '--unused-days', '60')).exitCode).toBe(0)
    expect(gateway.asked.at(-1)?.path).toBe('/admin/v1/posture?unused_days=60')
  })

  it('prints Markdown that a finding cannot break', async () => {
    answer()
    const { stdout } = await posture('--format', 'markdown')
    expect(stdout).toContain(
      '| POS-03 | warn | rule deploy | no token had a\\|b | Grant only deploy:read. | NHI5 | 3 | PR.AA-05 |\n',
    )
    expect(stdout).toContain('its keys are\\\\u{a}\\\\u{1b}\\[2J too old')
    expect(stdout).toContain('POS-03, rule deploy:\n\n```yaml\n- name: deploy\n')
  })

  it('prints SARIF with the lines of the trust file and the taxonomies', async () => {
    answer()
    const file = write(
      'trust.yaml',
      'version: 1\nissuers:\n  github: {}\nrules:\n  - name: x\n  - name: deploy\n',
    )
    const { stdout } = await posture('--format', 'sarif', '--trust', file)
    const [run] = (JSON.parse(stdout) as { runs: Record<string, never>[] }).runs
    expect(run?.tool).toMatchObject({
      driver: {
        rules: [
          {
            id: 'POS-03',
            help: { text: 'See docs/posture.md#pos-03' },
            relationships: [
              { target: { id: 'NHI5', toolComponent: { name: 'OWASP NHI Top 10' } } },
              { target: { id: 'tenet 3' } },
              { target: { id: 'PR.AA-05' } },
            ],
          },
          { id: 'POS-12' },
          { id: 'POS-13' },
        ],
      },
    })
    expect(run?.results).toMatchObject([
      {
        ...{ ruleId: 'POS-03', ruleIndex: 0, level: 'warning' },
        locations: [{ physicalLocation: { region: { startLine: 6 } } }],
      },
      { level: 'error', locations: [{ physicalLocation: { region: { startLine: 3 } } }] },
      {
        level: 'note',
        message: { text: 'the gateway: no key. Deploy one.' },
        // GitHub code scanning refuses the whole file if one result has no place in a file.
        locations: [
          {
            logicalLocations: [{ kind: 'gateway' }],
            physicalLocation: { artifactLocation: {}, region: { startLine: 1 } },
          },
        ],
      },
    ])
    const without = JSON.parse((await posture('--format', 'sarif')).stdout)
    expect(JSON.stringify(without)).not.toContain('physicalLocation')
  })

  it('ends the sentence of a message once in SARIF', async () => {
    const [finding] = REPORT.findings
    answer({ ...REPORT, findings: [{ ...finding, message: 'LINT-09 is accepted: It is ours.' }] })
    const { runs } = JSON.parse((await posture('--format', 'sarif')).stdout)
    expect(runs[0].results[0].message.text).toBe(
      'rule deploy: LINT-09 is accepted: It is ours. Grant only deploy:read.',
    )
  })

  it.each([
    [[], 0],
    [['--fail-on', 'error'], 1],
    [['--fail-on', 'error', '--only', 'POS-03'], 0],
    [['--fail-on', 'warn', '--only', 'POS-03'], 1],
    [['--fail-on', 'info', '--only', 'POS-13'], 1],
  ])('%s exits with %i', async (args, code) => {
    answer()
    expect((await posture(...args)).exitCode).toBe(code)
  })

  describe('--values', () => {
    const document = {
      version: 1,
      issuers: { github: { provider: 'github-actions' } },
      resources: { 'https://api.example.com/v1': { scopes: ['deploy:read'] } },
      rules: [{ ...SOURCE, when: { repository_owner_id: '1', ref: { glob: 'refs/**' } } }],
    }
    const records = Array.from({ length: 10 }, () => ({
      ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: AT, outcome: 'granted', rule: 'deploy' },
      ...{ resource: 'https://api.example.com/v1', issuer: 'github' },
      claims: { ref: 'refs/heads/main' },
    }))
    const serve = (page: object) =>
      gateway.answer(({ path }) => {
        if (path.startsWith('/admin/v1/posture')) return { status: 200, body: REPORT }
        if (path.startsWith('/admin/v1/decisions')) return { status: 200, body: page }
        return { status: 200, body: document, headers: { etag: '"7"' } }
      })

    it('adds what the recorded decisions show', async () => {
      serve({ decisions: records, complete: true })
      const { stdout } = await posture('--values', '--only', 'POS-16')
      expect(stdout).toContain(
        'POS-16 info: rule deploy: in 10 recorded tokens, ref was only refs/heads/main\n',
      )
      expect(stdout).toContain('        ref: refs/heads/main\n')
      const { searchParams } = new URL(gateway.asked.at(-1)?.path ?? '', gateway.url)
      expect(Number(searchParams.get('from'))).toBe(AT - 30 * 86_400)
      expect(searchParams.get('outcome')).toBe('granted')
    })

    it('says that it has not compared every decision', async () => {
      serve({
        decisions: Array.from({ length: 500 }, () => records[0]),
        complete: false,
        next: 'c',
      })
      const { stderr } = await posture('--values')
      expect(stderr).toContain('--values compared the newest 10000 tokens; older ones may differ')
    })

    it('says that damaged rows were left out', async () => {
      serve({ decisions: records, complete: true, damaged_to: AT * 1000 })
      expect((await posture('--values')).stderr).toContain('--values: the gateway has damaged rows')
    })
  })

  it.each([
    ['off', 'the use of rules is not known: the deployment keeps no decisions'],
    ['partial', 'in part: more rights were used than one report has'],
  ])('says that the use is %s', async (state, sentence) => {
    answer({ ...REPORT, usage: { state, since: null, rights: [] } })
    expect((await posture()).stdout).toContain(sentence)
  })

  it.each([
    [['--only', 'POS-3'], 2, 'there is no finding POS-3: did you mean POS-03?'],
    [['--format', 'xml'], 2, '--format must be one of text, json, sarif, markdown'],
    [['--format', 'text', '--json'], 2, '--json and --format cannot be used together'],
    [['--fail-on', 'bad'], 2, '--fail-on must be one of error, warn, info'],
    [['--trust', 'x.yaml'], 2, '--trust needs --format sarif'],
    [['--trust', write('empty.yaml', ''), '--format', 'sarif'], 2, 'yaml has no trust document'],
    [['--trust', write('list.yaml', '- 1'), '--format', 'sarif'], 2, 'yaml has no trust document'],
  ])('refuses %s before it asks', async (args, code, sentence) => {
    const { stderr, exitCode, stdout } = await posture(...args)
    expect([exitCode, stdout]).toEqual([code, ''])
    expect(stderr).toContain(sentence)
    expect(gateway.asked).toEqual([])
  })

  it('passes on the reason of a refusal', async () => {
    const problems = [{ code: 'days_invalid', path: ['unused_days'], message: 'must be a number' }]
    const body = { title: 'x', detail: 'nothing was examined', problems }
    gateway.answer(() => ({ status: 400, body }))
    expect(await posture('--unused-days', '300')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('hint: unused_days must be a number'),
    })
  })

  it('does not repeat a problem that the reason names', async () => {
    const message = 'must be a number of days'
    const problems = [{ code: 'days_invalid', path: ['unused_days'], message }]
    const detail = `nothing was examined: \`unused_days\` ${message}`
    gateway.answer(() => ({ status: 400, body: { title: 'x', detail, problems } }))
    const { stderr } = await posture('--unused-days', '300')
    expect(stderr).toBe(`edgemint: refused: ${detail} (400)\n`)
  })

  it.each([{}, { ...REPORT, usage: {} }, { ...REPORT, findings: [{}] }])(
    'does not take %o for a report',
    async (body) => {
      answer(body)
      expect(await posture()).toMatchObject({ exitCode: 3, stdout: '' })
    },
  )
})
