import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { API, openingComment, readTemplate, startPlatform, VERSION } from './support/platform.ts'

const AUDIENCE = 'api://AzureADTokenExchange'
const when = {
  org_id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  prj_id: '11111111-2222-4333-8444-555555555555',
  def_id: '12',
}
const platform = await startPlatform({ provider: 'azure-devops', when, audience: AUDIENCE })

/** The token endpoint of the pipeline. Its audience is fixed. */
const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://azure')
  const isAllowed =
    request.method === 'POST' &&
    request.headers.authorization === 'Bearer job-access-token' &&
    url.searchParams.get('api-version') === '7.1'
  if (!isAllowed) {
    response.writeHead(401).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ oidcToken: await platform.mint(AUDIENCE) }))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
const requestUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidctoken`

type Parameter = { readonly name: string; readonly type: string; readonly default?: string }
type Step = { readonly bash: string; readonly env: Readonly<Record<string, string>> }
const template = readTemplate('azure-pipelines/exchange.yml')
const { parameters, steps } = parse(template) as { parameters: Parameter[]; steps: Step[] }
const [step] = steps

/**
 * Replaces parameters, as Azure does when it compiles the pipeline, and `$(…)` variables, as it
 * does when the step starts.
 */
function environmentOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const rows = Object.entries(step?.env ?? {}).map(([name, text]) => {
    const value = text
      .replace(/^\$\{\{ parameters\.(\w+) \}\}$/, (_match, parameter: string) => {
        const known = parameters.find((each) => each.name === parameter)
        return given[parameter] ?? known?.default ?? ''
      })
      .replace('$(System.AccessToken)', 'job-access-token')
    return [name, value]
  })
  return { TF_BUILD: 'True', SYSTEM_OIDCREQUESTURI: requestUri, ...Object.fromEntries(rows) }
}

const needed = () => ({ url: platform.world.url(), resource: API })
const run = (given: Readonly<Record<string, string>>) =>
  platform.run(step?.bash ?? '', environmentOf(given))

describe('the template of Azure Pipelines', () => {
  it('has one step, whose script contains no parameter', () => {
    expect(steps.length).toBe(1)
    expect(step?.bash).not.toContain('${{')
    expect(parameters.find(({ name }) => name === 'version')?.default).toBe(VERSION)
    const required = parameters.filter((parameter) => parameter.default === undefined)
    expect(required.map(({ name }) => name)).toEqual(['url', 'resource'])
  })

  it('names in its opening comment every claim that the rule pins, and the audience', () => {
    const comment = openingComment(template)
    for (const word of [...Object.keys(when), AUDIENCE]) expect(comment).toContain(word)
  })

  it('puts the token into a secret variable and prints it nowhere else', async () => {
    const { stdout, stderr, exitCode } = await run(needed())
    expect(exitCode).toBe(0)
    const [, token = ''] =
      /^##vso\[task\.setvariable variable=EDGEMINT_TOKEN;issecret=true\](\S+)\n$/.exec(stdout) ?? []
    expect(await platform.introspect(token)).toMatchObject({ active: true, client_id: 'deploy' })
    expect(stderr).not.toContain(token)
  })

  it('leaves no file and no variable for a later step', async () => {
    const { left, stdout } = await run(needed())
    expect([left, stdout.match(/^.*eyJ.*$/gm)?.length]).toEqual([[], 1])
    expect((await platform.run('./deploy.sh', {})).tokenVariables).toEqual([])
  })

  it('requests the scopes and the rule of its parameters', async () => {
    const { stdout } = await run({ ...needed(), scope: 'deploy:read', rule: 'deploy' })
    const token = stdout.trim().replace(/^.*\]/, '')
    expect(await platform.introspect(token)).toMatchObject({ scope: 'deploy:read' })
  })

  it('fails with the reason and sets no variable when it is refused', async () => {
    const { stdout, stderr, exitCode } = await run({ ...needed(), scope: 'deploy:delete' })
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(stderr).toContain('edgemint: refused:')
  })

  it('uses a parameter only as a value', async () => {
    const { stdout, exitCode } = await run({ ...needed(), rule: '"; echo injected; "' })
    expect([stdout, exitCode === 0]).toEqual(['', false])
  })

  it.each(['npm:other@1.0.0', 'https://evil.example/x.tgz'])(
    'runs no other package: %s',
    async (version) => {
      const { stdout, stderr, exitCode } = await run({ ...needed(), version })
      expect([stdout, stderr, exitCode]).toEqual([
        '',
        'edgemint: version must be a version of the npm package\n',
        1,
      ])
    },
  )
})
