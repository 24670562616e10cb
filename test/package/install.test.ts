/** The package as its users have it: installed from the tarball, each door opened. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installProject, manifest, type Project, root } from './support/project.ts'

/** What each door exports. A change here is a change for users: it belongs in the changelog. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  edgemint: ['ExchangeError', 'exchange', 'revoke'],
  'edgemint/client': ['ExchangeError', 'exchange', 'revoke'],
  'edgemint/verify': ['VerificationError', 'createVerifier'],
  'edgemint/verify/hono': ['requireToken'],
  'edgemint/rules': ['compileTrust', 'diffTrust', 'evaluate'],
  'edgemint/dev': ['MiniflareMissing', 'startDevIssuer', 'startGateway'],
}

/** Doors that open on Workers too. */
const WORKER_DOORS = Object.keys(DOORS).filter((door) => door !== 'edgemint/dev')

let project: Project

beforeAll(async () => {
  project = await installProject()
})
afterAll(() => project.remove())

describe('the installed package', () => {
  it('has every door in this table', () => {
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

  it('brings the schema of the trust document', async () => {
    const script = `import schema from 'edgemint/trust.schema.json' with { type: 'json' }
      console.log(schema.title)`
    const { stdout } = await project.run(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('Edgemint trust document\n')
  })

  it('opens its doors from a bundled Worker, on workerd', async () => {
    const imports = WORKER_DOORS.map((door, index) => `import * as d${index} from '${door}'`)
    const entries = WORKER_DOORS.map((door, index) => `['${door}', Object.keys(d${index})]`)
    const worker = `${imports.join('\n')}
      import gateway from 'edgemint/worker'
      export { TrustStore, RevocationLog } from 'edgemint/worker'
      export default {
        async fetch(request, env, context) {
          const path = new URL(request.url).pathname
          if (path !== '/doors') return gateway.fetch(request, env, context)
          return Response.json(Object.fromEntries([${entries.join(', ')}]))
        },
      }`
    const bundled = await build({
      entryPoints: [project.write('worker.js', worker)],
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['cloudflare:*'],
      write: false,
      absWorkingDir: project.folder,
    })
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        modules: true,
        script: bundled.outputFiles[0]?.text ?? '',
        compatibilityDate: '2026-10-20',
        cf: false,
        kvNamespaces: ['REVOCATIONS'],
        durableObjects: {
          TRUST_STORE: { className: 'TrustStore', useSQLite: true },
          REVOCATION_LOG: { className: 'RevocationLog', useSQLite: true },
        },
        bindings: { ISSUER: 'https://sts.example.com' },
      }),
    )
    try {
      const doors = await miniflare.dispatchFetch('http://worker/doors')
      const expected = WORKER_DOORS.map((door) => [door, [...(DOORS[door] ?? [])].toSorted()])
      const found = Object.entries((await doors.json()) as Record<string, string[]>)
      expect(found.map(([door, names]) => [door, names.toSorted()])).toEqual(expected)
      const metadata = await miniflare.dispatchFetch(
        'http://worker/.well-known/oauth-authorization-server',
      )
      expect(await metadata.json()).toMatchObject({ issuer: 'https://sts.example.com' })
    } finally {
      await miniflare.dispose()
    }
  })

  it.each(['nodenext', 'bundler'])('has types that resolve under %s', async (resolution) => {
    const doors = Object.keys(DOORS).map((door, index) => `import * as d${index} from '${door}'`)
    const uses = Object.keys(DOORS).map((_, index) => `d${index}`)
    project.write(
      'types.ts',
      `${doors.join('\n')}
      import { exchange, ExchangeError } from 'edgemint'
      import { createVerifier, type VerifiedToken } from 'edgemint/verify'
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
      // @ts-expect-error an option that is not there
      createVerifier({ issuer: 'https://sts.example.com', audience: 'x', scope: [] })`,
    )
    const tsconfig = project.write(
      `tsconfig.${resolution}.json`,
      JSON.stringify({
        compilerOptions: {
          target: 'ES2023',
          lib: ['ES2023', 'DOM', 'DOM.Iterable'],
          module: resolution === 'bundler' ? 'esnext' : 'nodenext',
          moduleResolution: resolution,
          strict: true,
          noEmit: true,
          // The declarations of hono and zod are theirs to check.
          skipLibCheck: true,
          types: ['node'],
          typeRoots: [join(root, 'node_modules/@types')],
        },
        files: ['types.ts'],
      }),
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await project.run(process.execPath, [tsc, '-p', tsconfig])
    expect(stdout).toBe('')
  })

  it('runs its command, and says how to add what serve needs', async () => {
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

  it('names the version of miniflare that it was tested with', () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      peerDependencies: { miniflare: string }
    }
    const source = readFileSync(join(root, 'src/cli/commands/serve.ts'), 'utf8')
    expect(source).toContain(`miniflare@${peerDependencies.miniflare}'`)
  })
})
