import { expect, test } from 'vitest'
import type { Reply } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'
import {
  CHANGED,
  DOCUMENT,
  inForce,
  problem,
  RULE,
  SUMMARY,
  startPlanGateway,
} from './support/plan-gateway.ts'

const { gateway, serve } = await startPlanGateway()
const write = createScratch()
const tokenFile = write('admin.jwt', 'admin.token.text\n')

const same = write('same.json', JSON.stringify(DOCUMENT))
const changed = write('changed.json', JSON.stringify(CHANGED, null, 2))

const flags = ['--url', gateway.url, '--token-file', tokenFile]
const PLAN = `+ rule first
~ rule deploy (same access)
    owner: "platform@example.com" -> "ops"
`

test('sends a document only once, because a second attempt could fail with 412', async () => {
  serve({ status: 502, text: '<html>' })
  const { stdout, stderr, exitCode } = await runCli(['apply', changed, ...flags])
  expect([stdout, exitCode]).toEqual(['', 3])
  expect(stderr).toContain('edgemint: a server in front of the gateway answered (status 502)\n')
  expect(gateway.asked.filter(({ method }) => method === 'PUT').length).toBe(1)
})

test('plan ends with 0 if nothing would change', async () => {
  serve(problem(500))
  expect(await runCli(['plan', same, ...flags])).toEqual({
    stdout: '',
    stderr: 'edgemint: 0 changes against revision 7\n',
    exitCode: 0,
  })
})

test('plan shows what would change and ends with 4', async () => {
  serve(problem(500))
  expect(await runCli(['plan', changed, ...flags])).toEqual({
    stdout: PLAN,
    stderr: 'edgemint: 2 changes against revision 7\n',
    exitCode: 4,
  })
  expect(gateway.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /admin/v1/trust',
  ])
  expect(gateway.asked[0]?.authorization).toBe('Bearer admin.token.text')
})

test('plan prints the changes as JSON, and accepts a weak ETag', async () => {
  serve(problem(500), inForce('W/"7"'))
  const { stdout, exitCode } = await runCli(['plan', changed, ...flags, '--json'])
  expect(exitCode).toBe(4)
  expect(JSON.parse(stdout)).toEqual({
    revision: 7,
    changes: [
      { kind: 'added', part: 'rule', name: 'first', effect: 'widened' },
      {
        kind: 'changed',
        part: 'rule',
        name: 'deploy',
        effect: 'same',
        changes: [{ path: ['owner'], before: 'platform@example.com', after: 'ops' }],
      },
    ],
    lint: { findings: [], others: 0 },
  })
})

test('plan shows that a rule has moved', async () => {
  const [first, second] = CHANGED.rules
  const swapped = write('swapped.json', JSON.stringify({ ...CHANGED, rules: [second, first] }))
  serve(problem(500), { status: 200, body: CHANGED, headers: { etag: '"7"' } })
  const { stdout } = await runCli(['plan', swapped, ...flags])
  expect(stdout).toBe('~ rule deploy (moved, changed)\n    moved from place 2 to place 1\n')
})

test.each(['LINT-09', 'LINT-35'])(
  'apply refuses a document with an unresolved finding: %s',
  async (lint) => {
    const when = lint === 'LINT-09' ? { repository: 'acme/api', event_name: 'push' } : RULE.when
    const accept = [{ lint: 'LINT-35', reason: 'Ends late.' }]
    const careless = { ...RULE, when, accept: lint === 'LINT-35' ? undefined : accept }
    const path = write('careless.json', JSON.stringify({ ...DOCUMENT, rules: [careless] }))
    gateway.answer(() => inForce())
    const { stderr, exitCode } = await runCli(['apply', path, ...flags])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(new RegExp(` (error|warn) ${lint} in deploy: `))
    expect(stderr).toMatch(/unresolved lint findings?; nothing was sent\n/)
    const first = / (?:error|warn) (\S+) in deploy: /.exec(stderr)?.[1]
    expect(stderr).toContain(`accept: [{ lint: ${first}, reason: … }]`)
    expect(gateway.asked.map(({ method }) => method)).toEqual(['GET'])
  },
)

test('an invalid file is refused without a request to the gateway', async () => {
  const bad = write('bad.json', JSON.stringify({ ...DOCUMENT, rule: [] }))
  for (const command of ['plan', 'apply']) {
    const { stdout, stderr, exitCode } = await runCli([command, bad, ...flags])
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(stderr).toMatch(
      /^edgemint: .* is refused: 1 problem\n.*:1:\d+: rule: unknown key "rule"; did you mean "rules"\?\n$/,
    )
  }
  expect(gateway.asked).toEqual([])
})

test('apply shows the plan and sends the whole document with the planned revision', async () => {
  serve({ status: 200, body: SUMMARY })
  expect(await runCli(['apply', changed, ...flags, '--yes'])).toEqual({
    stdout: '',
    stderr: `edgemint: 2 changes against revision 7\n${PLAN}edgemint: applied as revision 8\n`,
    exitCode: 0,
  })
  const put = gateway.asked[1]
  expect([put?.method, put?.ifMatch, put?.authorization]).toEqual([
    'PUT',
    '"7"',
    'Bearer admin.token.text',
  ])
  expect(JSON.parse(put?.body ?? '')).toEqual(CHANGED)
})

test('apply prints the revision as JSON', async () => {
  serve({ status: 200, body: SUMMARY })
  const { stdout } = await runCli(['apply', changed, ...flags, '--json'])
  expect(JSON.parse(stdout)).toEqual(SUMMARY)
})

test('apply sends nothing if nothing would change', async () => {
  serve(problem(500))
  expect(await runCli(['apply', same, ...flags])).toEqual({
    stdout: '',
    stderr: 'edgemint: no changes: revision 7 stays in force\n',
    exitCode: 0,
  })
  expect(gateway.asked).toHaveLength(1)
})

test('ADM-06 apply is refused if the revision changed after the plan', async () => {
  serve(problem(412, { detail: 'the trust document has changed: run plan again', revision: 8 }))
  const { stderr, exitCode } = await runCli(['apply', changed, ...flags])
  expect(exitCode).toBe(1)
  expect(stderr.split('\n').slice(-3)).toEqual([
    'edgemint: refused: revision 7 is no longer in force; nothing was changed',
    'edgemint: hint: review the new revision and plan again: npx edgemint plan --help',
    '',
  ])
})

test('apply shows the place of a problem that only the gateway finds', async () => {
  const problems = [
    { code: 'expiry_above_ceiling', path: ['rules', 1, 'expires'], message: 'is too far' },
    { code: 'x', path: ['rules', 1, 'nothing', 'here'], message: 'is missing' },
  ]
  serve(problem(400, { detail: 'the trust document is refused; nothing was stored', problems }))
  const { stderr, exitCode } = await runCli(['apply', changed, ...flags])
  expect(exitCode).toBe(1)
  expect(stderr.split('\n').slice(-4)).toEqual([
    `edgemint: ${changed} is refused: 2 problems`,
    `${changed}:43:5: rules[1].nothing.here: is missing`,
    `${changed}:46:7: rules[1].expires: is too far`,
    '',
  ])
})

test.each<[string, Reply, number, string]>([
  [
    'a refused token',
    problem(401, { detail: 'a live token is required' }),
    1,
    'refused: a live token is required (401)',
  ],
  [
    'a disabled admin API',
    problem(403, { detail: 'the admin API is off: BOOTSTRAP_TRUST is not set' }),
    1,
    'refused: the admin API is off: BOOTSTRAP_TRUST is not set (403)',
  ],
  ['an unavailable gateway', problem(503, { detail: 'the store is down' }), 3, 'the store is down'],
  ['another server', { status: 404 }, 3, 'the answer (status 404) is not from a gateway'],
  [
    'a page with status 200',
    { status: 200, body: {} },
    3,
    'the answer (status 200) is not from a gateway',
  ],
  [
    'a redirect',
    { status: 302, headers: { location: '/elsewhere' } },
    3,
    'the gateway answered with a redirect, which is not followed',
  ],
])('plan reports %s', async (_name, get, exitCode, message) => {
  serve(problem(500), get)
  const environment = { EDGEMINT_RETRY_SECONDS: '0' }
  const transcript = await runCli(['plan', changed, ...flags], { environment })
  expect([transcript.stdout, transcript.exitCode]).toEqual(['', exitCode])
  expect(transcript.stderr.split('\n')[0]).toBe(`edgemint: ${message}`)
  expect(gateway.asked).toHaveLength(1)
})

test('does not accept an admin token as an argument', async () => {
  const { stderr, exitCode } = await runCli([
    'apply',
    changed,
    '--url',
    gateway.url,
    '--token',
    'x',
  ])
  expect([stderr.split('\n')[0], exitCode]).toEqual(['edgemint: unknown flag --token', 2])
})

const PROBLEMS = [
  { code: 'key_unknown', path: ['rules', 0, 'hours'], message: 'unknown key "hours"' },
  { code: 'version_unknown', path: [], message: 'is of a version that is not known' },
]

test.each(['plan', 'apply'])(
  '%s lists the parts of the stored document that the gateway cannot use',
  async (command) => {
    gateway.answer(({ method, path }) => {
      if (method === 'PUT') return { status: 200, body: SUMMARY }
      if (path.endsWith('/problems')) {
        return { status: 200, body: { revision: 7, usable: false, problems: PROBLEMS } }
      }
      return {
        status: 200,
        body: DOCUMENT,
        headers: { etag: '"7"', 'edgemint-trust-problems': '2' },
      }
    })
    const { stderr } = await runCli([command, changed, ...flags])
    expect(stderr).toContain(`edgemint: revision 7 has 2 problems; the gateway ignores these parts:
  rules[0].hours: unknown key "hours"
  the document: is of a version that is not known
edgemint: 2 changes against revision 7
`)
  },
)

test('plan prints the problems of the stored document as JSON', async () => {
  gateway.answer(({ path }) =>
    path.endsWith('/problems')
      ? { status: 200, body: { revision: 7, usable: true, problems: PROBLEMS } }
      : { status: 200, body: DOCUMENT, headers: { etag: '"7"', 'edgemint-trust-problems': '2' } },
  )
  const { stdout } = await runCli(['plan', same, ...flags, '--json'])
  expect(JSON.parse(stdout)).toEqual({
    revision: 7,
    changes: [],
    lint: { findings: [], others: 0 },
    problems: PROBLEMS,
  })
})
