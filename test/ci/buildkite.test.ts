import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { uploadToBuildkite } from '../support/buildkite-upload.ts'
import { openingComment, readTemplate, startPlatform, VERSION } from './support/platform.ts'

const when = {
  organization_id: '0184990a-477b-4fa8-9968-496074483c01',
  pipeline_id: '0184990a-4782-42b5-afc1-16715b10b102',
}
const platform = await startPlatform({ provider: 'buildkite', when, programs: ['buildkite-agent'] })

type Step = { readonly command: string; readonly env: Readonly<Record<string, string>> }
const template = readTemplate('buildkite/pipeline.yml')
const { steps } = parse(template) as { steps: Step[] }
const [step] = steps

function run(change: Readonly<Record<string, string>> = {}) {
  return platform.run(uploadToBuildkite(step?.command ?? ''), {
    BUILDKITE: 'true',
    BUILDKITE_JOB_ID: '0184990a-477b-4fa8-9968-496074483cee',
    BUILDKITE_AGENT_ACCESS_TOKEN: 'agent-access-token',
    ...step?.env,
    EDGEMINT_URL: platform.world.url(),
    ...change,
  })
}

describe('the pipeline of Buildkite', () => {
  it('has one step, which names the version', () => {
    expect(steps.length).toBe(1)
    expect(step?.command).toContain(`edgemint@${VERSION} `)
    expect(Object.keys(step?.env ?? {})).toContain('EDGEMINT_URL')
  })

  it('names in its opening comment every claim that the rule pins', () => {
    for (const claim of Object.keys(when)) expect(openingComment(template)).toContain(claim)
  })

  it('gives the command a token that the log hides', async () => {
    const { token, stdout, stderr, exitCode } = await run()
    expect([stdout, exitCode]).toEqual(['', 0])
    expect(await platform.introspect(token ?? '')).toMatchObject({
      active: true,
      client_id: 'deploy',
      scope: 'deploy:write',
    })
    expect(stderr).not.toContain(token)
    expect(readFileSync(join(platform.workspace, 'redacted'), 'utf8')).toBe(token)
  })

  it('leaves only the issued token in the command, and no file', async () => {
    const { tokenVariables, left } = await run()
    // The fake agent writes this file for the test.
    expect([tokenVariables, left]).toEqual([['EDGEMINT_TOKEN'], ['redacted']])
  })

  it('does not run the command when it is refused', async () => {
    const { token, stderr, exitCode } = await run({ EDGEMINT_SCOPE: 'deploy:delete' })
    expect([token, exitCode]).toEqual([undefined, 1])
    expect(stderr).toContain('edgemint: refused:')
  })
})
