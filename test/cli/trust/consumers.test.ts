/** The offline tools with other names of a resource, no target, trees of claims and URI subjects. */
import { expect, test } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()
const TAGS = 'https://aws.amazon.com/tags'

const trust = write(
  'trust.yaml',
  `version: 1
issuers: { github: { provider: github-actions } }
resources:
  https://api.example.com/v1: { scopes: [read], also_known_as: [api-client] }
  https://fulcio.example.com: { scopes: [sign], audience: sigstore, subject: uri }
rules:
  - name: deploy
    owner: platform@example.com
    expires: 2099-12-31
    from: github
    when: { repository_id: "1", ref: refs/heads/main }
    grant:
      resource: https://api.example.com/v1
      scopes: [read]
      claims:
        ${TAGS}: { principal_tags: { Ref: ["{ref}"] }, transitive_tag_keys: [Ref] }
        level: 3
  - name: sign
    owner: platform@example.com
    expires: 2099-12-31
    from: github
    when: { repository_id: "1", event_name: release }
    grant: { resource: https://fulcio.example.com, scopes: [sign], subject: "spiffe://acme.dev/{ref}" }
`,
)
const MAIN = { sub: 'x', repository_id: '1', ref: 'refs/heads/main' }
const claims = write('claims.json', JSON.stringify(MAIN))
const release = write('release.json', JSON.stringify({ ...MAIN, event_name: 'release' }))

const explain = (file: string, ...flags: readonly string[]) =>
  runCli(['explain', '--trust', trust, '--issuer', 'github', '--claims', file, ...flags])

test('validate and lint accept the document', async () => {
  expect((await runCli(['validate', trust])).exitCode).toBe(0)
})

test('explain finds the one resource that matching rules grant, and prints the tree', async () => {
  const { stdout, exitCode } = await explain(claims)
  expect(stdout).toContain('granted by the rule deploy: read at https://api.example.com/v1\n')
  expect(stdout).toContain(
    `claims.${TAGS}: {"principal_tags":{"Ref":["refs/heads/main"]},"transitive_tag_keys":["Ref"]}\n`,
  )
  expect(stdout).toContain('claims.level: 3\n')
  expect(exitCode).toBe(0)
})

test('explain says that several resources are possible', async () => {
  const { stdout, exitCode } = await explain(release)
  expect(stdout).toContain('denied: the request names no resource')
  expect(stdout).toContain('deploy: matches, but the request names no resource')
  expect(exitCode).toBe(1)
})

test('explain finds a resource by another name, and a value that no SPIFFE ID may have', async () => {
  expect((await explain(claims, '--resource=api-client')).stdout).toContain(
    'granted by the rule deploy: read at https://api.example.com/v1\n',
  )
  const { stdout } = await explain(release, '--resource=sigstore')
  expect(stdout).toContain('the claim ref does not fit into the URI; use {ref|sha256}')
})

test('test compares a tree without regard to the order of its members', async () => {
  const caseWith = (level: number) => `trust: trust.yaml
at: 2026-12-01T00:00:00Z
cases:
  - name: main
    issuer: github
    claims: ${JSON.stringify(MAIN)}
    request: {}
    expect:
      decision: granted
      rule: deploy
      claims:
        level: ${level}
        ${TAGS}: { transitive_tag_keys: [Ref], principal_tags: { Ref: [refs/heads/main] } }
  - name: release
    issuer: github
    claims: ${JSON.stringify({ ...MAIN, event_name: 'release' })}
    request: {}
    expect: { decision: denied, reason: target_missing }
`
  const right = await runCli(['test', write('right.test.yaml', caseWith(3))])
  expect(right.stdout).toContain('ok     main\nok     release\n')
  expect(right.stderr).toContain('2 of 2 fixtures passed')
  const wrong = await runCli(['test', write('wrong.test.yaml', caseWith(4))])
  expect(wrong.stdout).toContain('"level":3}')
  expect(wrong.exitCode).toBe(1)
})
