/** Installs the package from its tarball and opens each entry point. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeBundledWorker } from './support/bundled-worker.ts'
import { DOORS } from './support/doors.ts'
import { installProject, manifest, type Project, root } from './support/project.ts'

let project: Project

beforeAll(async () => {
  project = await installProject()
})
afterAll(() => project?.remove())

describe('the installed package', () => {
  it('has every entry point in the table', () => {
    const doors = Object.keys(manifest.exports)
      .filter((door) => !door.endsWith('.json') && door !== './worker')
      .map((door) => door.replace(/^\./, 'edgemint'))
    expect(doors.toSorted()).toEqual(Object.keys(DOORS).toSorted())
  })

  it.each(Object.entries(DOORS))('opens %s from Node', async (door, names) => {
    const script = `const door = await import(${JSON.stringify(door)})
      console.log(JSON.stringify(Object.keys(door)))`
    const { stdout } = await project.run(process.execPath, ['--input-type=module', '-e', script])
    expect((JSON.parse(stdout) as string[]).toSorted()).toEqual([...names].toSorted())
  })

  it('contains the schema of the trust document', async () => {
    const script = `import schema from 'edgemint/trust.schema.json' with { type: 'json' }
      console.log(schema.title)`
    const { stdout } = await project.run(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('Edgemint trust document\n')
  })

  it('contains the OpenAPI document', async () => {
    const script = `import api from 'edgemint/openapi.json' with { type: 'json' }
      console.log(api.openapi, api.servers[0].url, api.paths['/token'].post.operationId)`
    const { stdout } = await project.run(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('3.1.0 {issuer} exchangeToken\n')
  })

  it.each([
    ['nodenext', ['DOM', 'DOM.Iterable'], []],
    ['bundler', ['DOM', 'DOM.Iterable'], []],
    ['nodenext', [], ['node']],
  ])(
    'has types that resolve under %s with %j and the types of %j',
    async (resolution, lib, types) => {
      const doors = Object.keys(DOORS).map((door, index) => `import * as d${index} from '${door}'`)
      const uses = Object.keys(DOORS).map((_, index) => `d${index}`)
      project.write(
        'types.ts',
        `${doors.join('\n')}
      import { exchange, ExchangeError } from 'edgemint'
      import { createVerifier, type VerifiedToken } from 'edgemint/verify'
      import schema from 'edgemint/trust.schema.json' with { type: 'json' }
      export const title: string = schema.title
      export const opened: readonly object[] = [${uses.join(', ')}]
      export const issued: Promise<{ accessToken: string }> = exchange({
        url: 'https://sts.example.com', subjectToken: 'x', resource: 'https://api.example.com',
      })
      export const verified: Promise<VerifiedToken> = createVerifier({
        issuer: 'https://sts.example.com', audience: 'https://api.example.com',
      }).verify('x')
      export function codeOf(error: unknown): string {
        return error instanceof ExchangeError ? error.code : 'none'
      }
      // @ts-expect-error an unknown option
      createVerifier({ issuer: 'https://sts.example.com', audience: 'x', scope: [] })`,
      )
      const tsconfig = project.write(
        `tsconfig.${resolution}.json`,
        JSON.stringify({
          compilerOptions: {
            target: 'ES2023',
            lib: ['ES2023', ...lib],
            module: resolution === 'bundler' ? 'esnext' : 'nodenext',
            moduleResolution: resolution,
            strict: true,
            noEmit: true,
            // Every declaration is checked, because types must not depend on packages that a user
            // lacks.
            skipLibCheck: false,
            resolveJsonModule: true,
            types,
            typeRoots: [join(root, 'node_modules/@types')],
          },
          files: ['types.ts'],
        }),
      )
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const { stdout } = await project.run(process.execPath, [tsc, '-p', tsconfig])
      expect(stdout).toBe('')
    },
  )

  it('runs its command and names the package that serve needs', async () => {
    const { stdout } = await project.run('npx', ['--no-install', 'edgemint', '--version'])
    expect(stdout.trim()).toBe(manifest.version)
    const refused = await project
      .run('npx', ['--no-install', 'edgemint', 'serve'])
      .catch((error: { code: number; stderr: string }) => error)
    expect(refused).toMatchObject({ code: 2 })
    const lines = refused.stderr.split('\n').filter((line) => line.startsWith('edgemint:'))
    expect(lines).toEqual([
      'edgemint: serve needs miniflare',
      expect.stringMatching(/^edgemint: hint: npm i -D miniflare@\S+$/),
    ])
  })

  it('contains the credential helper of docker', async () => {
    const settings = ['env', 'EDGEMINT_DOCKER_REGISTRIES=registry.example.com']
    const program = ['npx', '--no-install', 'docker-credential-edgemint', 'list']
    const [command = '', ...args] = [...settings, ...program]
    const { stdout } = await project.run(command, args)
    expect(JSON.parse(stdout)).toEqual({ 'registry.example.com': 'edgemint' })
  })

  it('names the tested version of miniflare', () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      peerDependencies: { miniflare: string }
    }
    const source = readFileSync(join(root, 'src/cli/operate/serve-failure.ts'), 'utf8')
    expect(source).toContain(`miniflare@${peerDependencies.miniflare}'`)
  })
})

// In this file, because each installation takes seconds.
describeBundledWorker(() => project)
