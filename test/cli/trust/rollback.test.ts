import { expect, test } from 'vitest'
import { type Asked, type Reply, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]

const OLD = {
  version: 1,
  issuers: { ci: { provider: 'github-actions' } },
  resources: {},
  rules: [],
}
const NEW = { version: 1, issuers: {}, resources: {}, rules: [] }
const SUMMARY = { revision: 8, digest: 'sha256:00', author: 'ops', applied_at: 1_795_000_000 }

const document = (body: object, revision: number): Reply => ({
  status: 200,
  body,
  headers: { etag: `"${revision}"` },
})

function serve(put: Reply, old: Reply = document(OLD, 5)): void {
  gateway.answer(({ method, path }: Asked) => {
    if (method === 'PUT') return put
    return path.includes('?') ? old : document(NEW, 7)
  })
}

test('sends the earlier document with the revision in force', async () => {
  serve({ status: 200, body: SUMMARY })
  expect(await runCli(['rollback', '5', ...flags, '--json'])).toEqual({
    stdout: `${JSON.stringify(SUMMARY)}\n`,
    stderr: 'edgemint: 1 change against revision 7\n+ issuer ci\nedgemint: applied as revision 8\n',
    exitCode: 0,
  })
  expect(gateway.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /admin/v1/trust',
    'GET /admin/v1/trust?revision=5',
    'PUT /admin/v1/trust?message=rollback+to+5',
  ])
  expect(gateway.asked[2]).toMatchObject({ ifMatch: '"7"', body: JSON.stringify(OLD) })
})

test('says that the document may be in force if no answer tells', async () => {
  for (const lost of [{ status: 200, isLost: true }, { status: 503 }] as const) {
    serve(lost)
    const { stderr, exitCode } = await runCli(['rollback', '5', ...flags])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(
      /\nedgemint: hint: the document may be in force: run the command again, which then changes nothing\n$/,
    )
  }
  // A read changes nothing.
  serve({ status: 500 }, { status: 200, isLost: true })
  const { stderr, exitCode } = await runCli(['rollback', '5', ...flags], {
    environment: { EDGEMINT_RETRY_SECONDS: '0' },
  })
  expect(exitCode).toBe(3)
  expect(stderr).not.toContain('in force: run')
})

test('shows the problems for which the gateway refuses the document', async () => {
  const problems = [{ code: 'key_unknown', path: ['rules', 0, 'x'], message: 'unknown key "x"' }]
  serve({ status: 400, body: { type: 'about:blank', title: 'x', status: 400, problems } })
  const { stderr, exitCode } = await runCli(['rollback', '5', ...flags])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'the document of revision 5 is refused: 1 problem\n  rules[0].x: unknown key "x"\n',
  )
})

test('changes nothing if the revision changed, is not kept, or is not the requested one', async () => {
  serve({ status: 412 })
  expect((await runCli(['rollback', '5', ...flags])).exitCode).toBe(1)
  const detail = 'the revision does not exist, or its document is no longer stored'
  serve({ status: 500 }, { status: 404, body: { type: 'about:blank', title: 'x', detail } })
  const missing = await runCli(['rollback', '5', ...flags])
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(detail) })
  // A gateway of an earlier release answers with the document in force.
  serve({ status: 200, body: SUMMARY }, document(NEW, 7))
  const older = await runCli(['rollback', '5', ...flags])
  expect(older).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('gateway is older') })
  expect(gateway.asked.at(-1)?.method).toBe('GET')
})

test('names the command that lists the revisions if there is no such revision', async () => {
  const message = 'does not exist: GET /admin/v1/trust/revisions lists the revisions'
  const problems = [{ code: 'revision_unknown', path: ['revision'], message }]
  const body = { type: 'about:blank', title: 'x', detail: `the revision ${message}`, problems }
  serve({ status: 500 }, { status: 404, body })
  const { stderr, exitCode } = await runCli(['rollback', '99', ...flags])
  expect([exitCode, stderr]).toEqual([
    1,
    'edgemint: there is no revision 99\nedgemint: hint: npx edgemint trust log lists the revisions\n',
  ])
})

test('lints the earlier document, and sends nothing with an unresolved finding', async () => {
  const rule = {
    ...{ name: 'deploy', owner: 'ops@example.com', expires: '2099-01-31', from: 'ci' },
    when: { repository: 'acme/api' },
    grant: { resource: 'https://api.example.com', scopes: ['deploy'] },
  }
  const resources = { 'https://api.example.com': { scopes: ['deploy'] } }
  serve({ status: 200, body: SUMMARY }, document({ ...OLD, resources, rules: [rule] }, 5))
  const { stderr, exitCode } = await runCli(['rollback', '5', ...flags])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^revision 5:\d+:\d+: (?:error|warn) LINT-09 in deploy: /m)
  expect(stderr).toMatch(/unresolved lint findings; nothing was sent\n/)
  expect(stderr).toContain('hint: correct a copy of it in a file, and apply that: change the rule')
  expect(gateway.asked.map(({ method }) => method)).toEqual(['GET', 'GET'])
})

test('says that nothing changes if the earlier document is in force', async () => {
  serve({ status: 500 }, document(NEW, 5))
  const { stderr, exitCode } = await runCli(['rollback', '5', ...flags, '--message', 'back'])
  expect([exitCode, stderr]).toEqual([0, 'edgemint: no changes: revision 7 stays in force\n'])
})

test.each(['0', 'x', '1.5', '-1', '1e3'])('refuses the revision %s', async (revision) => {
  expect((await runCli(['rollback', revision, ...flags])).exitCode).toBe(2)
  expect(gateway.asked).toEqual([])
})
