import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runCli } from '../cli/support/run.ts'
import { startWorld } from '../conformance/support/world.ts'
import { serveIdTokens } from './support/id-tokens.ts'
import { createRunner, root } from './support/runner.ts'

const page = readFileSync(join(root, 'docs/github-actions.md'), 'utf8')
const fence = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )

type Trust = { readonly issuers: { readonly github: object } }
const trust = parse(fence('yaml')[0] ?? '') as Trust

/** The trust document of the page. The dev issuer stands in for GitHub. */
const world = await startWorld(undefined, (issuer) => ({
  ...trust,
  issuers: { github: { ...trust.issuers.github, issuer: `${issuer}/github` } },
}))
afterAll(() => world.close())
const idTokens = await serveIdTokens(world)
const runner = createRunner(idTokens.environment)

type Workflow = { jobs: { deploy: { steps: { id?: string; with: Record<string, string> }[] } } }
const { jobs } = parse(fence('yaml')[1] ?? '') as Workflow
const inputs = { ...jobs.deploy.steps.find(({ id }) => id === 'token')?.with, url: world.url() }

test('the workflow of the page gets a token with the rule of the page', async () => {
  const { exitCode, outputs } = await runner.main(inputs)
  expect([exitCode, outputs.scope]).toEqual([0, 'deploy:write'])
})

test('lint has no finding about the rule of the page', async () => {
  const { exitCode, stdout } = await runCli(['lint', '-'], { stdin: fence('yaml')[0] ?? '' })
  expect([exitCode, stdout]).toEqual([0, ''])
})

test('a pull request gets the refusal that the page shows', async () => {
  idTokens.claim({ event_name: 'pull_request', ref: 'refs/pull/7/merge', environment: null })
  const { exitCode, log } = await runner.main(inputs)
  expect(exitCode).toBe(1)
  const said = log.trim().replace('::error title=Edgemint::', '').split('%0A')
  const [shown = ''] = fence('text')
  const lines = shown.trim().split('\n')
  expect(said.slice(0, -1)).toEqual(lines.slice(0, -1))
  expect([said.at(-1), lines.at(-1)]).toEqual([
    expect.stringMatching(/^the decision is dec_[\w-]+$/),
    expect.stringMatching(/^the decision is dec_[\w-]+$/),
  ])
})

test('a job of another owner gets only the description and the decision', async () => {
  idTokens.claim({ repository_owner_id: '9', repository_id: '8', ref: 'refs/heads/x' })
  const { log } = await runner.main(inputs)
  expect(log).toMatch(
    /^::error title=Edgemint::refused: no trust rule allows this request; to find out why, give the decision_id to an administrator of this gateway \(invalid_request\)%0Athe decision is dec_[\w-]+\n$/,
  )
})
