/** Whether `import` takes the newest document of an export, and what it says of the way on. */

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Asked, type Reply, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const RULE = {
  name: 'deploy',
  owner: 'ops@acme.dev',
  description: 'The main branch deploys.',
  expires: '2039-01-01',
  from: 'github',
  when: { repository_owner_id: '1', repository_id: '2', ref: 'refs/heads/main' },
  grant: { resource: 'https://api.example.com/v1', scopes: ['read'], lifetime: '5m' },
}
const DOCUMENT = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { 'https://api.example.com/v1': { scopes: ['read'] } },
  rules: [RULE],
}
const FINDINGS = JSON.stringify(DOCUMENT)
const CLEAN = JSON.stringify({ ...DOCUMENT, issuers: {}, rules: [] })
const REFUSED = JSON.stringify({ ...DOCUMENT, issuers: {} })

/** Writes an export of one revision, whose digest may be that of another document. */
function exportOf(document: string, issuer = 'https://sts.example.com', inForce = document) {
  const revision = { revision: 1, digest: `sha256:${sha256(inForce)}`, author: 'local:ops' }
  const parts = [
    ['documents/1', document],
    ['revisions', JSON.stringify({ ...revision, applied_at: 1_795_000_000, kept: true })],
  ] as const
  const header = { edgemint_export: 1, issuer, release: '0.2.0', created_at: 1_795_000_000 }
  const ends = parts.map(([part, text]) => ({ part, lines: 1, sha256: sha256(`${text}\n`) }))
  const body = [
    `#${JSON.stringify(header)}`,
    ...parts.flatMap(([part, text], index) => {
      const { lines, sha256: digest } = ends[index] ?? {}
      const end = { end: part, lines, sha256: digest }
      return [`#${JSON.stringify({ part })}`, text, `#${JSON.stringify(end)}`]
    }),
    '',
  ].join('\n')
  const path = write("it's.export", '')
  writeFileSync(path, `${body}#${JSON.stringify({ manifest: ends, sha256: sha256(body) })}\n`)
  return path
}

function empty({ method, path }: Asked): Reply {
  if (path.startsWith('/admin/v1/trust/revisions')) return { status: 200, body: { revisions: [] } }
  if (method === 'PUT') return { status: 200, body: { staged: 1 } }
  const applied = { author: 'a', applied_at: 1, token_id: 'j', digest: `sha256:${'0'.repeat(64)}` }
  return { status: 200, body: { ...applied, revision: 2, message: 'import' } }
}

const sent = () => gateway.asked.filter(({ method }) => method !== 'GET').map(({ path }) => path)

test('a document with findings is refused, and the hints name both ways on', async () => {
  gateway.answer(empty)
  const path = exportOf(FINDINGS)
  const { stderr, exitCode } = await runCli(['import', path, ...flags])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('unresolved lint finding')
  expect(stderr).toContain('repeat the command with --accept-findings')
  expect(stderr).toContain('import it with --only revocations')
  expect(sent()).toEqual([])
  const [, program, place] =
    /save the document with: sed -n '(.*)' ('.*') > trust.json/.exec(stderr) ?? []
  expect(execFileSync('sh', ['-c', `sed -n '${program}' ${place}`]).toString()).toBe(
    `${FINDINGS}\n`,
  )
})

test('--accept-findings prints the findings and imports the document unchanged', async () => {
  gateway.answer(empty)
  const path = exportOf(FINDINGS)
  const { stderr, exitCode } = await runCli(['import', path, ...flags, '--accept-findings'])
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringMatching(/LINT-\d\d[\s\S]*as when it was in force/),
  ])
  expect(gateway.asked.find(({ method }) => method === 'PUT')?.body).toBe(FINDINGS)
})

test.each([
  ['that does not compile', REFUSED, REFUSED, 'save the document with: sed -n'],
  ['that is not of the newest revision', FINDINGS, CLEAN, 'is not that of revision 1'],
])('--accept-findings does not help a document %s', async (_, document, inForce, sentence) => {
  gateway.answer(empty)
  const path = exportOf(document, undefined, inForce)
  const { stderr, exitCode } = await runCli(['import', path, ...flags, '--accept-findings'])
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(sentence)])
  expect(sent()).toEqual([])
})

test('--accept-findings is refused where no document is imported', async () => {
  const args = ['import', 'x', ...flags, '--only', 'revocations', '--accept-findings']
  const { stderr, exitCode } = await runCli(args)
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('has no effect with --only')])
})

test.each([
  ['the same', true],
  ['another', false],
])('a dry run with %s issuer URL names the setting that it cannot read: %s', async (_, isSame) => {
  gateway.answer(empty)
  const path = exportOf(CLEAN, isSame ? gateway.url : undefined)
  const { stderr, exitCode } = await runCli(['import', path, ...flags, '--dry-run'])
  expect(exitCode).toBe(0)
  const names = stderr.includes('REPLAY_NOT_BEFORE: the time at which the old one stopped')
  expect([names, sent()]).toEqual([isSame, []])
})
