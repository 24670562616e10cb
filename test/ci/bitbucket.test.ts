import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openingComment, readTemplate, startPlatform, VERSION } from './support/platform.ts'

const when = {
  repositoryUuid: '{3c1f3b5e-0000-4000-8000-000000000002}',
  deploymentEnvironmentUuid: '{5e1f3b5e-0000-4000-8000-000000000003}',
}
const platform = await startPlatform({ provider: 'bitbucket-pipelines', when })

type Step = {
  readonly deployment: string
  readonly oidc: { readonly audiences: readonly string[] }
  readonly script: readonly string[]
}
const template = readTemplate('bitbucket/bitbucket-pipelines.yml')
const { pipelines } = parse(template) as {
  pipelines: { branches: Record<string, { step: Step }[]> }
}
const step = pipelines.branches.main?.[0]?.step

/** Replaces the gateway of the example by the gateway of this test. */
const here = (text: string) => text.replaceAll('https://sts.example.com', platform.world.url())

async function run(change: (script: string) => string = (script) => script) {
  const [audience = ''] = step?.oidc.audiences ?? []
  return platform.run(change(here(step?.script.join('\n') ?? '')), {
    BITBUCKET_BUILD_NUMBER: '7',
    BITBUCKET_STEP_OIDC_TOKEN: await platform.mint(here(audience)),
  })
}

describe('the pipeline of Bitbucket', () => {
  it('requests a token only for the gateway, in a deployment', () => {
    expect(step?.oidc.audiences).toEqual(['https://sts.example.com'])
    expect(step?.deployment).toBe('production')
    expect(step?.script.join('\n')).toContain(`edgemint@${VERSION} `)
  })

  it('names in its opening comment every claim that the rule pins', () => {
    for (const claim of Object.keys(when)) expect(openingComment(template)).toContain(claim)
  })

  it('gives the step a token', async () => {
    const { token, stdout, stderr, exitCode } = await run()
    expect([stdout, exitCode]).toEqual(['', 0])
    expect(await platform.introspect(token ?? '')).toMatchObject({
      active: true,
      client_id: 'deploy',
      scope: 'deploy:write',
    })
    expect(stderr).not.toContain(token)
  })

  it('leaves only the issued token in the step', async () => {
    const { tokenVariables, left } = await run()
    expect([tokenVariables, left]).toEqual([['EDGEMINT_TOKEN'], []])
  })

  it('stops when it is refused', async () => {
    const refused = await run((script) => script.replace('deploy:write', 'deploy:delete'))
    expect([refused.token, refused.exitCode]).toEqual([undefined, 1])
    expect(refused.stderr).toContain('edgemint: refused:')
  })
})
