/** `edgemint lint --policy` and `edgemint validate --policy`: the file that makes administrators. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createScratch, root, runCli } from '../support/run.ts'

const write = createScratch()

const EXAMPLE = 'examples/github-workflow/policy.json'
const example = readFileSync(join(root, EXAMPLE), 'utf8')
/** What the rule says about the branch is missing, so any branch makes owners. */
const anyBranch = write(
  'any-branch.json',
  example
    .replace('"ref": "refs/heads/main",\n        "environment": "trust",', '"ref_type": "branch",')
    .replace('"approver"', '"owner"'),
)
const document = write(
  'trust.yaml',
  'version: 1\nissuers: {}\nresources: { https://api.example.com/v1: { scopes: [a:read] } }\nrules: []\n',
)

test('reports a policy that makes any branch of a repository an owner', async () => {
  const { stdout, stderr, exitCode } = await runCli(['lint', '--policy', anyBranch])
  expect(stdout).toContain(
    `${anyBranch}:30:7: error PROBE in apply-trust: accepts a branch that anyone with push access can create\n`,
  )
  expect(stderr).toMatch(/: 2 unresolved findings, \d info, 1 accepted\n$/)
  expect(exitCode).toBe(1)
})

test('has nothing against the policy of the example, and no finding about the gateway itself', async () => {
  const { stdout, exitCode } = await runCli(['lint', '--policy', EXAMPLE, '--format', 'json'])
  const { findings } = JSON.parse(stdout) as { findings: { id: string; path: string }[] }
  expect(findings.filter(({ path }) => !path.startsWith('rules'))).toEqual([])
  expect(findings.map(({ id }) => id)).toContain('LINT-29')
  expect(exitCode).toBe(0)
})

test('reads a policy in YAML, beside a trust document', async () => {
  const policy = write(
    'policy.yaml',
    `issuers: { github: { provider: github-actions } }
rules:
  - name: read
    owner: security@example.com
    expires: 2035-01-31
    from: github
    when: { repository_id: "1", repository_visibility: private }
    grant: { scopes: [viewer] }
`,
  )
  const { stdout, stderr, exitCode } = await runCli(['lint', document, '--policy', policy])
  expect(stdout).toContain(`${policy}:5:5: warn LINT-35 in read: the rule needs no review`)
  expect(stderr).toMatch(/^edgemint: 2 files: \d unresolved finding/)
  expect(exitCode).toBe(1)
})

test('validates a policy with the compiler of the gateway', async () => {
  const wrong = write('wrong.json', example.replace('"approver"', '"deploy:write"'))
  expect(await runCli(['validate', document, '--policy', EXAMPLE])).toMatchObject({
    stderr: `edgemint: ${document} is valid\nedgemint: ${EXAMPLE} is valid\n`,
    exitCode: 0,
  })
  const { stdout, stderr, exitCode } = await runCli(['validate', '--policy', wrong, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    files: [{ file: wrong, valid: false, problems: [{ code: 'scope_unknown', line: 38 }] }],
  })
  expect(stderr).toContain(`${wrong} is refused: 1 problem`)
  expect(exitCode).toBe(1)
})

test('a trust document is no policy, and a policy is no trust document', async () => {
  const asPolicy = await runCli(['lint', '--policy', document])
  expect(asPolicy.stdout).toContain('error resource_not_allowed: a policy cannot declare resources')
  expect(asPolicy.exitCode).toBe(1)
  const asDocument = await runCli(['lint', EXAMPLE])
  expect(asDocument.stdout).toContain('version must be 1')
  expect(asDocument.stderr).toContain(
    `hint: a deploy-time policy: npx edgemint lint --policy ${EXAMPLE}\n`,
  )
  expect(asDocument.exitCode).toBe(1)
})

test.each(['lint', 'validate'])('%s refuses to run without a file', async (name) => {
  expect(await runCli([name])).toMatchObject({
    stderr: `edgemint: an argument is missing: a trust file\nedgemint: hint: npx edgemint ${name} --help\n`,
    exitCode: 2,
  })
})
