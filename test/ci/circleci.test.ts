import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { API, openingComment, readTemplate, startPlatform, VERSION } from './support/platform.ts'

const when = {
  'oidc.circleci.com/project-id': '11111111-2222-4333-8444-555555555555',
  'oidc.circleci.com/ssh-rerun': false,
  'oidc.circleci.com/vcs-origin': 'github.com/acme/api',
}
const platform = await startPlatform({ provider: 'circleci', when, programs: ['circleci'] })

type Parameter = { readonly type: string; readonly description: string; readonly default?: string }
type Command = {
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly steps: readonly {
    readonly run: { readonly command: string; readonly environment: Record<string, string> }
  }[]
}
const template = readTemplate('circleci/orb.yml')
const orb = parse(template) as {
  version: number
  description: string
  commands: Record<string, Command>
}
const command = orb.commands.exchange
const step = command?.steps[0]?.run

/** Replaces parameters, as CircleCI does when it processes the configuration. */
function run(given: Readonly<Record<string, string>>) {
  const rows = Object.entries(step?.environment ?? {}).map(([name, text]) => {
    const value = text.replace(/^<< parameters\.(\w+) >>$/, (_match, parameter: string) => {
      return given[parameter] ?? command?.parameters[parameter]?.default ?? ''
    })
    return [name, value]
  })
  const environment = { CIRCLECI: 'true', BASH_ENV: '', ...Object.fromEntries(rows) }
  const bashEnv = join(platform.workspace, `env-${Object.keys(given).length}`)
  return { bashEnv, done: platform.run(step?.command ?? '', { ...environment, BASH_ENV: bashEnv }) }
}

const needed = () => ({ url: platform.world.url(), resource: API })

describe('the orb of CircleCI', () => {
  it('is an orb with one command of one step, whose script contains no parameter', () => {
    expect([orb.version, Object.keys(orb.commands), command?.steps.length]).toEqual([
      2.1,
      ['exchange'],
      1,
    ])
    expect(step?.command).not.toContain('<<')
    expect(command?.parameters.version?.default).toBe(VERSION)
    for (const { description } of Object.values(command?.parameters ?? {})) {
      expect(description).not.toBe('')
    }
  })

  it('names in its opening comment every claim that the rule pins', () => {
    for (const claim of Object.keys(when)) {
      expect(openingComment(template)).toContain(claim.replace('oidc.circleci.com/', ''))
    }
  })

  it('gives the later steps of the job a token', async () => {
    const { bashEnv, done } = run(needed())
    const { stdout, stderr, exitCode } = await done
    expect([stdout, exitCode]).toEqual(['', 0])
    // bash reads this file before each later step.
    const later = await platform.run('./deploy.sh', { BASH_ENV: bashEnv })
    expect(await platform.introspect(later.token ?? '')).toMatchObject({
      active: true,
      client_id: 'deploy',
      scope: 'deploy:read deploy:write',
    })
    expect(stderr).not.toContain(later.token)
  })

  it('leaves only the issued token in later steps, and only the file that bash reads', async () => {
    const { bashEnv, done } = run({ ...needed(), scope: 'deploy:read', rule: 'deploy' })
    const { left } = await done
    const later = await platform.run('./deploy.sh', { BASH_ENV: bashEnv })
    expect(later.tokenVariables).toEqual(['EDGEMINT_TOKEN'])
    expect(left.filter((name) => !name.startsWith('env-'))).toEqual([])
    expect(readFileSync(bashEnv, 'utf8')).toMatch(/^export EDGEMINT_TOKEN='[^'\n]+'\n$/)
  })

  it.each(['npm:other@1.0.0', 'https://evil.example/x.tgz'])(
    'runs no other package: %s',
    async (version) => {
      const { stderr, exitCode } = await run({ ...needed(), version }).done
      expect([stderr, exitCode]).toEqual([
        'edgemint: version must be a version of the npm package\n',
        1,
      ])
    },
  )

  it('fails with the reason and sets no variable when it is refused', async () => {
    const { bashEnv, done } = run({ ...needed(), scope: 'deploy:delete' })
    const { stderr, exitCode } = await done
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: refused:')
    expect(() => readFileSync(bashEnv)).toThrow(/ENOENT/)
  })
})
