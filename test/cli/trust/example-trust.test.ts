import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, runCli } from '../support/run.ts'

const folder = join(root, 'examples/trust')
const names = readdirSync(folder)

test('examples/trust has an example for each kind of organisation', () => {
  expect(names.toSorted()).toEqual([
    'cloud-functions',
    'delegation',
    'github-organisation',
    'gitlab-group',
    'kubernetes',
    'monorepo',
    'spiffe',
    'terraform',
  ])
})

describe.each(names)('examples/trust/%s', (name) => {
  const path = `examples/trust/${name}/trust.yaml`

  test('compiles and has no lint findings', async () => {
    const { stdout, stderr, exitCode } = await runCli(['lint', path, '--format', 'json'])
    const { findings } = JSON.parse(stdout) as {
      findings: readonly { severity: string; accepted?: string }[]
    }
    const open = findings.filter(({ accepted }) => accepted === undefined)
    expect(open.filter(({ severity }) => severity !== 'info')).toEqual([])
    const notes = open.length === 0 ? '' : `, ${open.length} info`
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(new RegExp(`: 0 unresolved findings${notes}(?:, \\d+ accepted)?\n$`))
  })

  test('passes its fixtures, which reach every rule', async () => {
    const fixtures = `examples/trust/${name}/trust.test.yaml`
    const { stdout, stderr, exitCode } = await runCli(['test', fixtures, '--all-rules'])
    expect([stdout.match(/^not ok.*/gm), exitCode]).toEqual([null, 0])
    expect(stderr).toMatch(/^edgemint: (\d+) of \1 fixtures passed, 0 rules unreached\n$/)
  })

  test('has a README that lists every rule', () => {
    const readme = readFileSync(join(folder, name, 'README.md'), 'utf8')
    const rules = [...readFileSync(join(root, path), 'utf8').matchAll(/^ {2}- name: (.*)$/gm)]
    expect(rules.length).toBeGreaterThan(1)
    for (const [, rule] of rules) expect(readme).toContain(`| \`${rule}\` |`)
  })
})
