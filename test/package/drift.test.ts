/** Text and values that exist in two places and must be equal. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { buildAction } from '../../scripts/build-action.ts'
import { CLI_DOCS, renderCliDocs } from '../../scripts/cli-docs.ts'
import { ENDPOINT_DOCS, renderEndpointDocs } from '../../scripts/endpoint-docs.ts'
import { LIMIT_DOCS, ROOMS, renderLimitDocs } from '../../scripts/limit-docs.ts'
import { describeApi } from '../../scripts/openapi/describe-api.ts'
import { PROBLEM_DOCS, renderProblemDocs } from '../../scripts/problem-docs.ts'
import { renderSettingsDocs, SETTINGS_DOCS } from '../../scripts/settings-docs.ts'
import type { Command } from '../../src/cli/shell/command.ts'
import { COMMANDS } from '../../src/cli/shell/command-table.ts'
import { listSources } from '../../src/client/index.ts'
import { problemSchema } from '../../src/contract/openapi/admin-schemas.ts'
import { completeOpenApi } from '../../src/contract/openapi/complete.ts'
import { PROBLEMS } from '../../src/contract/problems/problems.ts'
import { describeTrustDocument } from '../../src/contract/trust-schema/json-schema.ts'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import {
  OAUTH_AUTHORIZATION_SERVER,
  OPENID_CONFIGURATION,
  PATHS,
} from '../../src/protocol/paths.ts'
import { RELEASE } from '../../src/protocol/release.ts'
import { LONGEST } from '../support/longest-first.ts'
import { findPackages } from './support/find-packages.ts'
import { manifest, root } from './support/project.ts'

const WORDS = 'src/protocol/paths.ts'
const SCHEMA = 'src/contract/trust-schema/trust.schema.json'

const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the build', () => {
  it('has the JSON Schema of the source (to fix: node scripts/trust-schema.ts)', () => {
    // The order of the members matters, because the Worker serves the bytes of this file.
    const schema = JSON.stringify(describeTrustDocument())
    for (const path of [SCHEMA, 'dist/trust.schema.json', 'dist/assets/trust.schema.json']) {
      expect(JSON.stringify(JSON.parse(read(path))), path).toBe(schema)
    }
  })

  it('has the OpenAPI document of the source (to fix: node scripts/openapi.ts)', async () => {
    const document = await describeApi()
    expect(JSON.parse(read('src/contract/openapi/openapi.json'))).toEqual(document)
    const published = JSON.parse(read('dist/openapi.json'))
    const { $defs = {}, ...trust } = JSON.parse(read(SCHEMA))
    const complete = completeOpenApi(document, { $defs, ...trust }, published.servers[0])
    expect(published).toEqual(complete)
    expect(JSON.parse(read('dist/assets/openapi.json'))).toEqual(published)
    expect(published.components.schemas.TrustDocument.title).toBe('Edgemint trust document')
  })
})

describe('the committed GitHub Action', () => {
  it('matches its source (to fix: npm run build:action)', async () => {
    for (const { path, text } of await buildAction()) expect(read(path), path).toBe(text)
  })

  it('needs only Node', () => {
    for (const name of ['main', 'post']) {
      const packages = findPackages(`action/dist/${name}.js`)
      expect(packages.filter((target) => !target.startsWith('node:'))).toEqual([])
    }
  })
})

describe('docs/limits.md', () => {
  const page = readFileSync(LIMIT_DOCS, 'utf8')

  it('matches the limits.ts files (to fix: node scripts/limit-docs.ts)', async () => {
    expect(page).toBe(await renderLimitDocs())
  })

  it('has every limits.ts file and a reason for each limit', () => {
    const files = globSync(['src/**/limits.ts', 'action/src/**/limits.ts'], { cwd: root })
    expect(ROOMS.map(([, path]) => path).toSorted()).toEqual(files.toSorted())
    const rows = [...page.matchAll(/^\| `[A-Z0-9_]+` \| ([^|]+) \| (.*) \|$/gm)]
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter(([, value, reason]) => value === '' || reason === '')).toEqual([])
  })
})

describe('docs/problems.md', () => {
  const page = readFileSync(PROBLEM_DOCS, 'utf8')

  it('matches the table of problems (to fix: node scripts/problem-docs.ts)', () => {
    expect(page).toBe(renderProblemDocs())
  })

  it('AD-03 has a section for every type in the code, and the code has no other type', () => {
    const described = [...page.matchAll(/^## (.*)$/gm)].map(([, name]) => name)
    const types = Object.values(PROBLEMS).map(({ type }) => type.split(':').at(-1))
    expect(described).toEqual(types)
    expect(types).toEqual([...new Set(types)])
    // Every problem is made from the table.
    const files = globSync('src/worker/**/*.ts', { cwd: root })
    const made = files.filter((file) => /about:blank|urn:edgemint:problem/.test(read(file)))
    expect(made).toEqual([])
    for (const file of files) {
      const calls = read(file).match(/respondProblem\(\s*\{?\s*\{?\s*[^\s]+/g) ?? []
      const known = /\.\.\.(?:PROBLEMS\.|problem,)|: Problem|problem:/
      expect(
        calls.filter((call) => !known.test(call)),
        file,
      ).toEqual([])
    }
  })
})

test('AD-04 a title comes from the table, and the other members of a problem have long names', () => {
  const files = globSync('src/worker/**/*.ts', { cwd: root })
  expect(files.filter((file) => /\btitle: ['"`]/.test(read(file)))).toEqual([])
  const members = Object.keys(problemSchema.shape)
  expect(members.filter((name) => !/^[A-Za-z]\w{2,}$/.test(name))).toEqual([])
})

describe('docs/endpoints.md', () => {
  it('matches the table of endpoints (to fix: node scripts/endpoint-docs.ts)', async () => {
    expect(readFileSync(ENDPOINT_DOCS, 'utf8')).toBe(await renderEndpointDocs())
  })
})

test('the path of an endpoint is in one source file only', () => {
  const paths = [...Object.values(PATHS), OPENID_CONFIGURATION, OAUTH_AUTHORIZATION_SERVER]
  const files = globSync('src/**/*.ts', { cwd: root }).filter(
    // Providers have their own paths, also those of people, and a comment can contain one.
    (file) => file !== WORDS && !/^src\/(?:core\/providers|dev\/people)\//.test(file),
  )
  const found = files.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => !/^\s*(?:\*|\/[/*])/.test(line))
      .filter((line) => paths.some((path) => new RegExp(`['"\`}]${path}['"\`/?]`).test(line)))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})

describe('docs/cli.md', () => {
  const page = readFileSync(CLI_DOCS, 'utf8')

  it('has the flags and exit codes of the code (to fix: node scripts/cli-docs.ts)', async () => {
    expect(page).toBe(await renderCliDocs(page))
  })

  it('has a section for each command, and every variable of a flag', async () => {
    const [, environment = ''] = page.split('\n## Environment\n')
    const described = environment + readFileSync(SETTINGS_DOCS, 'utf8')
    for (const [name, { load }] of COMMANDS) {
      expect(page).toContain(`\n## ${name}\n`)
      const { command }: { readonly command: Command } = await load()
      for (const { variables = [] } of Object.values(command.flags)) {
        for (const variable of variables) expect(described).toContain(`\`${variable}\``)
      }
    }
  })
})

describe('docs/settings.md', () => {
  it('matches the table of settings (to fix: node scripts/settings-docs.ts)', () => {
    expect(readFileSync(SETTINGS_DOCS, 'utf8')).toBe(renderSettingsDocs())
  })
})

test.each([
  ['.', []],
  ['./client', []],
  ['./verify', ['jose']],
  ['./verify/connect', ['jose']],
  ['./verify/fastify', ['jose']],
  ['./verify/fetch', ['jose']],
  ['./verify/hono', ['jose']],
  ['./gateway', ['jose']],
  ['./rules', ['zod']],
  ['./worker', ['cloudflare:workers', 'hono', 'jose', 'zod']],
])('%s loads only these packages: %j', (door, packages) => {
  expect(findPackages(manifest.exports[door] ?? '')).toEqual(packages)
})

test('the example is a trust document without problems', () => {
  const ceilings = {
    gatewayIssuer: 'https://sts.example.com',
    maxTokenLifetimeSeconds: 3600,
    maxRuleExpirySeconds: undefined,
    localIssuers: true,
  }
  expect(compileTrust(parse(read('examples/trust.yaml')), ceilings)).not.toHaveProperty('problems')
})

test('docs/sdk.md lists every source in order of preference', async () => {
  const [, section = ''] = read('docs/sdk.md').split('\n## Sources\n')
  const [table = ''] = section.split('\n## ')
  const names = [...table.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name)
  expect(names).toEqual((await listSources()).map(({ source }) => source))
})

test('the newest released heading of the changelog is the version of the package', () => {
  expect(read('CHANGELOG.md').match(/^## (?!Unreleased$)(\S+)/m)?.[1]).toBe(manifest.version)
})

test('the test files that start first exist', () => {
  expect(LONGEST.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('every environment of the Worker has the same compatibility date', () => {
  const paths = [
    'wrangler.toml',
    'test/worker/wrangler.toml',
    'src/dev/serve/runtime.ts',
    'test/package/support/bundled-worker.ts',
  ]
  const DATE = /compatibility_?date(?: =|:) ['"]([\d-]+)['"]/i
  const dates = paths.map((path) => DATE.exec(read(path))?.[1])
  expect(dates[0]).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(new Set(dates).size).toBe(1)
})

test('the lock file has the versions of the manifest', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { dependencies?: unknown; version?: string }>
  }
  expect(lock.packages['']?.dependencies).toEqual(manifest.dependencies)
  expect(lock.packages['']?.version).toBe(manifest.version)
})

test('CI runs the commands of the README, and the tests of whole programs', () => {
  const commands = read('.ci/run')
    .split('\n')
    .filter((line) => line.startsWith('npm'))
  for (const command of commands) expect(read('README.md')).toContain(command)
  expect(commands.at(-1)).toBe('npm ci && npm test')
  expect(read('.ci/run')).toMatch(/^timeout .* npm run test:conformance$/m)
})

test('the recipes of CONTRIBUTING.md insert each block beside one existing line', () => {
  const blocks = [...read('CONTRIBUTING.md').matchAll(/^ *```\w+ file=(\S+) \w+="(.*)"$/gm)]
  const places = blocks.map(([, file = '', anchor]) => {
    const lines = read(file).split('\n')
    return [anchor, lines.filter((line) => line === anchor).length]
  })
  expect(places.length).toBeGreaterThan(10)
  expect(places.filter(([, count]) => count !== 1)).toEqual([])
})

describe('the release', () => {
  it('has one version number in the manifest and in the code', () => {
    expect(RELEASE).toBe(manifest.version)
  })
})
