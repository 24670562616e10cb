/**
 * Runs a job of a CI platform. The dev issuer takes the place of the platform, and a gateway has
 * one rule for its tokens. The shell of the job has the programs of the platform. `npx` runs the
 * built command line, and only for the version of the package or the next one.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll } from 'vitest'
import { type Ran, root, runProgram } from '../../action/support/runner.ts'
import { startWorld, type World } from '../../conformance/support/world.ts'

/** The version that every template names. `versions.test.ts` compares it with the package. */
/** The API that the templates name: its URI has a path, as lint advises. */
export const API = 'https://api.example.com/v1'

export const VERSION = '0.2.0'

type Values = Readonly<Record<string, string>>

export type PlatformOptions = {
  readonly provider: string
  /** The conditions that the template's opening comment documents. */
  readonly when: Readonly<Record<string, unknown>>
  /** The audience that the platform fixes. The URL of the gateway otherwise. */
  readonly audience?: string
  /** Programs of the platform, by name. Each is a script in this folder. */
  readonly programs?: readonly string[]
}

type Job = Ran & {
  /** The value of EDGEMINT_TOKEN in the command of the job. */
  readonly token: string | undefined
  /**
   * The variables of that command that contain a signed token, of the platform or of the gateway.
   */
  readonly tokenVariables: readonly string[]
  /** The files that the template left in the folder of the job. */
  readonly left: readonly string[]
}

export type Platform = {
  readonly world: World
  readonly workspace: string
  readonly mint: (audience: string, claims?: Readonly<Record<string, unknown>>) => Promise<string>
  readonly run: (script: string, environment: Values) => Promise<Job>
  readonly introspect: (token: string) => Promise<Readonly<Record<string, unknown>>>
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const world = await startWorld(undefined, (issuer) => trustDocument(issuer, options))
  const workspace = mkdtempSync(join(tmpdir(), 'edgemint-ci-'))
  afterAll(async () => {
    await world.close()
    rmSync(workspace, { recursive: true, force: true })
  })
  const bin = join(workspace, 'bin')
  mkdirSync(bin)
  const write = (path: string, script: string) => {
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }
  const node = `'${process.execPath}'`
  const wanted = `--yes edgemint@${VERSION}`
  write(
    join(bin, 'npx'),
    `if [ "$1 $2" != '${wanted}' ]; then echo "npx was called with $1 $2" >&2; exit 99; fi
shift 2
exec ${node} '${join(root, 'dist/cli/shell/main.js')}' "$@"`,
  )
  for (const name of options.programs ?? []) {
    write(join(bin, name), `exec ${node} '${join(import.meta.dirname, `${name}.ts`)}' "$@"`)
  }
  const [found, variables] = [join(workspace, 'found'), join(workspace, 'variables')]
  write(
    join(workspace, 'deploy.sh'),
    `printf '%s' "$EDGEMINT_TOKEN" > '${found}'\nenv > '${variables}'`,
  )
  const own = new Set(['bin', 'deploy.sh', 'found', 'variables'])
  const base = {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    HOME: workspace,
    CI: 'true',
    DEV_ISSUER: `${world.issuer.issuer}/ci`,
  }

  const mint: Platform['mint'] = (audience, claims = {}) =>
    world.issuer.mint({ provider: options.provider, audience, claims }, 'ci')
  return {
    world,
    workspace,
    mint,
    async run(script, environment) {
      for (const path of [found, variables]) rmSync(path, { force: true })
      const ran = await runProgram(
        ['bash', '-e', '-o', 'pipefail', '-c', script],
        { ...base, ...environment },
        workspace,
      )
      const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
      return {
        ...ran,
        token: read(found),
        tokenVariables: [...(read(variables) ?? '').matchAll(/^(\w+)=eyJ[\w-]+\.[\w-]+\./gm)].map(
          ([, name = '']) => name,
        ),
        left: readdirSync(workspace).filter((name) => !own.has(name)),
      }
    },
    async introspect(token) {
      // A caller can introspect a token that it presents itself.
      const response = await fetch(`${world.url()}/introspect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ token }),
      })
      return (await response.json()) as Record<string, unknown>
    },
  }
}

function trustDocument(issuer: string, { provider, when, audience }: PlatformOptions): object {
  return {
    version: 1,
    issuers: {
      ci: { provider, issuer: `${issuer}/ci`, ...(audience === undefined ? {} : { audience }) },
    },
    resources: { [API]: { scopes: ['deploy:read', 'deploy:write'] } },
    rules: [
      {
        name: 'deploy',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'ci',
        when,
        accept: ['LINT-07', 'LINT-28', 'LINT-29', 'LINT-35', 'PROBE'].map((lint) => ({
          lint,
          reason: 'A rule for tests.',
        })),
        grant: { resource: API, scopes: ['deploy:read', 'deploy:write'], lifetime: '5m' },
      },
    ],
  }
}

export function readTemplate(path: string): string {
  return readFileSync(join(root, 'ci', path), 'utf8')
}

/** The comment lines at the top of a template. */
export function openingComment(template: string): string {
  return /^(?:#.*\n)+/.exec(template)?.[0] ?? ''
}
