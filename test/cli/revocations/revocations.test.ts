import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]

const COARSE = {
  grain: 'rule',
  id: 'deploy',
  issued_before: 1_795_000_000,
  stops_issuing: false,
  revoked_at: 1_795_000_000,
  revoked_by: 'admin:7',
  reason: 'ticket 7',
  expires_at: 1_795_086_520,
  lifted_at: 1_795_000_060,
  lifted_by: 'admin:8',
  lift_reason: 'fixed',
}
const NOT_CHECKED =
  'edgemint: whether the file is whole could not be checked: it has no header and no end, as exports of earlier releases\n'
const LIST = { revocations: [COARSE], tokens: 1 }

test('lists who revoked what, when and why', async () => {
  gateway.answer(() => ({ status: 200, body: LIST }))
  const { stdout, exitCode } = await runCli(['revocations', 'list', ...flags])
  expect(exitCode).toBe(0)
  expect(stdout.split('\n')).toEqual([
    'the rule deploy: tokens issued before 2026-11-18T11:06:40Z are revoked, and issuing goes on',
    '  2026-11-18T11:06:40Z by admin:7: ticket 7',
    '  lifted 2026-11-18T11:07:40Z by admin:8: fixed',
    '1 single token is revoked',
    '',
  ])
  const { stdout: json } = await runCli(['revocations', 'list', ...flags, '--json'])
  expect(JSON.parse(json)).toEqual(LIST)
})

test('ADM-13 escapes what a caller has chosen', async () => {
  const named = { ...COARSE, grain: 'subject', id: 'a\nb\u001b[2J' }
  gateway.answer(() => ({ status: 200, body: { ...LIST, revocations: [named] } }))
  const { stdout } = await runCli(['revocations', 'list', ...flags])
  expect(stdout.split('\n')).toHaveLength(5)
  expect(stdout).not.toContain('\u001b')
})

test('exports every part, one revocation a line', async () => {
  gateway.answer(({ path }) => {
    const body = path.endsWith('after=0')
      ? { v: 1, rows: [{ id: 'a' }, { id: 'b' }], next: 9 }
      : { v: 1, rows: [{ id: 'c' }] }
    return { status: 200, body }
  })
  const { stdout, stderr } = await runCli(['revocations', 'export', ...flags])
  const [header, ...lines] = stdout.split('\n')
  expect(header).toMatch(/^#\{"edgemint_revocations":1,"release":"[\d.]+","created_at":\d+\}$/)
  expect(lines).toEqual([
    '{"id":"a"}',
    '{"id":"b"}',
    '{"id":"c"}',
    // printf '{"id":"a"}\n{"id":"b"}\n{"id":"c"}\n' | sha256sum
    '#{"end":"revocations","lines":3,"sha256":"506eba2873a5b5dd8d49be4d1d6966b4a2a7bae0c428d70b676fc16b6bd2815b"}',
    '',
  ])
  expect(stderr).toContain('3 revocations were exported')
  expect(gateway.asked.map(({ path }) => path)).toEqual([
    '/admin/v1/revocations/export?after=0',
    '/admin/v1/revocations/export?after=9',
  ])
})

const REPEAT = 'the import can be repeated: it adds only what the gateway does not have'

test('imports a file in parts that the gateway takes', async () => {
  const lines = Array.from({ length: 5001 }, (_, id) => JSON.stringify({ id }))
  const file = write('revocations.ndjson', `${lines.join('\n')}\n`)
  gateway.answer(() => ({ status: 200, body: { stored: 2 } }))
  const { stderr, exitCode } = await runCli(['revocations', 'import', file, ...flags])
  expect([exitCode, stderr]).toEqual([
    0,
    `edgemint: 5001 revocations were read; 4 were new to the gateway\n${NOT_CHECKED}`,
  ])
  const sent = gateway.asked.map(({ body }) => JSON.parse(body) as { rows: unknown[] })
  expect(sent.map(({ rows }) => rows.length)).toEqual([5000, 1])
})

test('says that a revocation was not stored, because the gateway does not know its kind', async () => {
  const file = write('newer.ndjson', '{"grain":"tenant"}\n')
  gateway.answer(() => ({ status: 200, body: { stored: 0, unknown: 1 } }))
  const { stderr, exitCode } = await runCli(['revocations', 'import', file, ...flags])
  expect([exitCode, stderr]).toEqual([
    1,
    `edgemint: 1 revocation was read; 0 were new to the gateway\n${NOT_CHECKED}` +
      'edgemint: 1 revocation was not stored: it has a kind that the gateway does not know, or the file is damaged\n',
  ])
})

test('says what is stored if the gateway refuses a later part', async () => {
  const lines = Array.from({ length: 5001 }, (_, id) => JSON.stringify({ id }))
  const file = write('later.ndjson', `${lines.join('\n')}\n`)
  const refused = { status: 400, body: { detail: 'nothing was imported: the body is wrong' } }
  gateway.answer(({ body }) =>
    String(body).includes('5000') ? refused : { status: 200, body: { stored: 5000 } },
  )
  const { stderr, exitCode } = await runCli(['revocations', 'import', file, ...flags])
  expect([exitCode, stderr.split('\n').slice(0, 3)]).toEqual([
    1,
    [
      'edgemint: the revocations of the first 5000 lines are stored, and no later one',
      'edgemint: refused: the import ended early: the body is wrong (400)',
      `edgemint: hint: ${REPEAT}`,
    ],
  ])
  // The answer about the second part is lost.
  gateway.answer(({ body }) =>
    String(body).includes('5000') ? { status: 503 } : { status: 200, body: { stored: 5000 } },
  )
  const lost = await runCli(['revocations', 'import', file, ...flags])
  expect(lost.exitCode).toBe(3)
  expect(lost.stderr).toContain('first 5000 lines are stored, and perhaps a later one')
})

test('does not say what is stored if the gateway refuses the first part', async () => {
  const detail = 'nothing was imported: the body is wrong'
  gateway.answer(() => ({ status: 400, body: { detail } }))
  const file = write('first.ndjson', '{"id":"a"}\n')
  const { stderr } = await runCli(['revocations', 'import', file, ...flags])
  expect(stderr).toBe(`edgemint: refused: ${detail} (400)\n`)
})

test('imports nothing from a damaged file', async () => {
  const file = write('damaged.ndjson', '{"id":"a"}\n{"id":\n')
  const { stderr, exitCode } = await runCli(['revocations', 'import', file, ...flags])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('line 2 of')
  expect(gateway.asked).toEqual([])
})

test.each([
  ['list', []],
  ['export', []],
  ['import', [write('one.ndjson', '{}\n')]],
] as const)('does not believe another server: %s', async (name, args) => {
  gateway.answer(() => ({ status: 200, body: { hello: 1 } }))
  expect((await runCli(['revocations', name, ...args, ...flags])).exitCode).toBe(3)
})
