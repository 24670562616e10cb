import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { API, openingComment, readTemplate, startPlatform, VERSION } from './support/platform.ts'

const when = {
  namespace_id: '72',
  project_id: '20',
  ref: 'main',
  ref_type: 'branch',
  ref_protected: 'true',
}
const platform = await startPlatform({ provider: 'gitlab-com', when })

type Input = { readonly description: string; readonly default?: string; readonly regex: string }
type Job = {
  readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>
  readonly before_script: readonly string[]
}

const template = readTemplate('gitlab/templates/exchange.yml')
const [header, body] = template.split(/^---$/m)
const { inputs } = (parse(header ?? '') as { spec: { inputs: Record<string, Input> } }).spec

/**
 * Interpolates the inputs as GitLab does, before it parses the job, and checks the pattern of each
 * value.
 */
function include(given: Readonly<Record<string, string>>): Readonly<Record<string, Job>> {
  const text = (body ?? '').replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_match, name: string) => {
    const input = inputs[name]
    const value = given[name] ?? input?.default
    if (input === undefined || value === undefined) throw new Error(`${name} is not given`)
    if (!new RegExp(input.regex).test(value)) throw new Error(`${name} does not fit its pattern`)
    return value
  })
  return parse(text) as Record<string, Job>
}

/** Runs both parts in one shell, as the runner does. */
async function runJob(job: Job | undefined, environment: Readonly<Record<string, string>> = {}) {
  const script = [...(job?.before_script ?? []), './deploy.sh'].join('\n')
  const tokens = await Promise.all(
    Object.entries(job?.id_tokens ?? {}).map(async ([name, { aud }]) => {
      return [name, await platform.mint(aud)] as const
    }),
  )
  return platform.run(script, {
    GITLAB_CI: 'true',
    ...Object.fromEntries(tokens),
    ...environment,
  })
}

const needed = () => ({ url: platform.world.url(), resource: API })

describe('the GitLab component', () => {
  it('is a header with inputs and one hidden job', () => {
    expect(parseAllDocuments(template).length).toBe(2)
    expect(Object.keys(include(needed()))).toEqual(['.edgemint'])
    expect(inputs.version?.default).toBe(VERSION)
    for (const { description, regex } of Object.values(inputs)) {
      expect(description).not.toBe('')
      expect(regex).toMatch(/^\^.*\$$/)
    }
  })

  it('names in its opening comment every claim that the rule pins', () => {
    for (const claim of Object.keys(when)) expect(openingComment(template)).toContain(claim)
  })

  it('requests a token only for the gateway', () => {
    const [job] = Object.values(include(needed()))
    expect(job?.id_tokens).toEqual({ EDGEMINT_SUBJECT_TOKEN: { aud: platform.world.url() } })
  })

  it('gives the job a token and does not print it', async () => {
    const job = await runJob(include(needed())['.edgemint'])
    expect(job).toMatchObject({ exitCode: 0, stdout: '' })
    expect(await platform.introspect(job.token ?? '')).toMatchObject({
      active: true,
      client_id: 'deploy',
      scope: 'deploy:read deploy:write',
    })
    expect(job.stderr).not.toContain(job.token)
  })

  it('leaves only the issued token in the job', async () => {
    const job = await runJob(include(needed())['.edgemint'])
    expect([job.tokenVariables, job.left]).toEqual([['EDGEMINT_TOKEN'], []])
  })

  it('requests the scopes and the rule of its inputs', async () => {
    const inputsGiven = {
      ...needed(),
      scope: 'deploy:read deploy:write',
      rule: 'deploy',
      name: '.t',
    }
    const job = await runJob(include(inputsGiven)['.t'])
    expect(await platform.introspect(job.token ?? '')).toMatchObject({
      scope: 'deploy:read deploy:write',
    })
    const refused = await runJob(include({ ...inputsGiven, rule: 'other' })['.t'])
    expect([refused.exitCode, refused.token]).toEqual([1, undefined])
    expect(refused.stderr).toContain('edgemint: refused:')
  })

  it('uses the gateway of the inputs, whatever variables the pipeline has', async () => {
    const job = await runJob(include(needed())['.edgemint'], {
      EDGEMINT_URL: 'http://127.0.0.1:9',
      EDGEMINT_RESOURCE: 'https://other.example.com',
      EDGEMINT_SUBJECT_TOKEN_COMMAND: '["false"]',
    })
    expect(job.exitCode).toBe(0)
    expect(await platform.introspect(job.token ?? '')).toMatchObject({ aud: API })
  })

  it('stops if the log would show the token', async () => {
    const job = await runJob(include(needed())['.edgemint'], { CI_DEBUG_TRACE: 'true' })
    expect([job.exitCode, job.token]).toEqual([1, undefined])
    expect(job.stderr).toContain('CI_DEBUG_TRACE would write the token to the log')
  })

  it.each([
    ['url', "https://x'; id; '"],
    ['url', 'https://sts.example.com/?a'],
    // GitLab would mint a token for an audience that differs from the issuer of the gateway.
    ['url', 'https://sts.example.com/'],
    ['url', 'https://sts.example.com/sts/'],
    ['url', 'https://STS.example.com'],
    ['resource', "a'b"],
    ['scope', 'a; id'],
    ['scope', '$(id)'],
    ['rule', "a' b"],
    ['version', '0.2.0 && id'],
    ['name', '.a b'],
  ])('refuses %s %j by its pattern', (name, value) => {
    expect(() => include({ ...needed(), [name]: value })).toThrow(`${name} does not fit`)
  })
})
