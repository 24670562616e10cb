/**
 * Tests the import rules of Biome. Files with allowed and forbidden imports are written into an
 * empty tree, and Biome must refuse exactly the marked lines. TypeScript checks the rest: an import
 * from a project that tsconfig.json does not reference is TS6307.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './support/project.ts'

const REFUSED = '// refused'
const RULES = [
  'lint/style/noRestrictedImports',
  'lint/style/noRestrictedGlobals',
  'lint/suspicious/noImportCycles',
  'plugin',
]

const FILES: Readonly<Record<string, readonly string[]>> = {
  'src/web/a.ts': [
    `import './b.ts'`,
    `import 'zod' ${REFUSED}`,
    `export const a = () => fetch('https://example.com') ${REFUSED}`,
    `export const b = () => setTimeout(a, 1) ${REFUSED}`,
    `export const c = Math.random() ${REFUSED}`,
  ],
  'src/web/deadline.ts': ['export const a = () => setTimeout(() => {}, 1)'],
  'src/protocol/a.ts': [`import './b.ts'`, `import 'node:path' ${REFUSED}`],
  'src/contract/a.ts': [
    `import 'zod/mini'`,
    `import 'zod' ${REFUSED}`,
    `import '../protocol/b.ts'`,
    `import 'jose' ${REFUSED}`,
    `export const a = Date.now() ${REFUSED}`,
  ],
  'src/core/a.ts': [
    `import 'jose'`,
    `import './evidence/identity.ts'`,
    `import './providers/index.ts'`,
    `import './providers/gitlab.ts' ${REFUSED}`,
    `import './providers/references.ts' ${REFUSED}`,
    `import './endpoint/form.ts' ${REFUSED}`,
    `import '../web/moment.ts'`,
    `import '../web/deadline.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
    `import type { A } from 'hono' ${REFUSED}`,
    `export * from 'yaml' ${REFUSED}`,
    `export const a = () => import('node:fs/promises') ${REFUSED}`,
    `export type B = typeof import('hono') ${REFUSED}`,
    `export const c = new Date() ${REFUSED}`,
    `export const d = Math.random() ${REFUSED}`,
    `export const e = Math.max(1, 2)`,
  ],
  'src/core/endpoint/a.ts': [
    `import './b.ts'`,
    `import '../evidence/verify.ts'`,
    `import '../policy/decide/evaluate.ts'`,
    `import '../tokens/issue.ts'`,
    `import 'hono' ${REFUSED}`,
  ],
  'src/core/grants/a.ts': [
    `import '../evidence/identity.ts'`,
    `import '../policy/compile/compiled.ts'`,
    `import '../endpoint/form.ts'`,
    `import '../endpoint/token-endpoint.ts' ${REFUSED}`,
    `import '../evidence/verify.ts' ${REFUSED}`,
    `import '../policy/decide/evaluate.ts' ${REFUSED}`,
    `import '../tokens/issue.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
  ],
  'src/core/evidence/a.ts': [
    `import '../policy/compile/compiled.ts'`,
    `import '../policy/decide/evaluate.ts' ${REFUSED}`,
    `import '../tokens/issue.ts' ${REFUSED}`,
    `import '../endpoint/form.ts' ${REFUSED}`,
    `import '../providers/gitlab.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
  ],
  'src/core/policy/decide/a.ts': [
    `import '../../evidence/identity.ts'`,
    `import '../../evidence/strict-json.ts'`,
    `import '../language/b.ts'`,
    `import '../../evidence/verify.ts' ${REFUSED}`,
    `import '../../tokens/issue.ts' ${REFUSED}`,
    `import '../../../web/deadline.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
  ],
  'src/core/tokens/a.ts': [
    `import '../evidence/identity.ts'`,
    `import '../evidence/verify.ts' ${REFUSED}`,
    `import '../policy/decide/evaluate.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
  ],
  'src/core/providers/a.ts': [`import './gitlab.ts'`],
  'src/analysis/lint/a.ts': [
    `import '../../core/limits.ts'`,
    `import '../../core/providers/references.ts'`,
    `import '../../core/providers/gitlab.ts' ${REFUSED}`,
    `import '../../web/deadline.ts' ${REFUSED}`,
    `import 'yaml' ${REFUSED}`,
    `export const a = Date.now() ${REFUSED}`,
  ],
  'src/analysis/source/a.ts': [
    `import 'yaml'`,
    `import 'jose' ${REFUSED}`,
    `export const a = Date.now() ${REFUSED}`,
  ],
  'src/client/a.ts': [
    `import '../web/deadline.ts'`,
    `import 'node:fs' ${REFUSED}`,
    `import 'jose' ${REFUSED}`,
    `export const a = Date.now()`,
  ],
  'src/verify/a.ts': [`import 'jose'`, `import 'hono' ${REFUSED}`],
  'src/verify/doors/hono.ts': [
    `import type { Context, MiddlewareHandler } from 'hono'`,
    `import { Hono } from 'hono' ${REFUSED}`,
    `import 'zod' ${REFUSED}`,
  ],
  'src/gateway/a.ts': [
    `import 'jose'`,
    `import '../verify/index.ts'`,
    `import '../verify/doors/in-house.ts'`,
    `import '../verify/limits.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
  ],
  'src/dev/serve/a.ts': [
    `import 'node:fs/promises'`,
    `import type * as Miniflare from 'miniflare'`,
    `import '../../core/providers/gitlab.ts' ${REFUSED}`,
    `import 'yaml' ${REFUSED}`,
  ],
  'src/cli/trust/a.ts': [
    `import 'node:fs'`,
    `import 'oauth4webapi'`,
    `import 'yaml'`,
    `import '../../client/index.ts'`,
    `import '../../analysis/in-house.ts'`,
    `import '../shell/output.ts'`,
    `import '../../client/http/send.ts' ${REFUSED}`,
    `import type { A } from '../../analysis/explain.ts' ${REFUSED}`,
    `export const a = () => import('../../dev/serve/serve.ts') ${REFUSED}`,
    `import '../../core/providers/gitlab.ts' ${REFUSED}`,
    `import 'jose' ${REFUSED}`,
  ],
  'src/worker/routes/a.ts': [
    `import 'hono/body-limit'`,
    `import 'cloudflare:workers'`,
    `import '../../core/endpoint/form.ts'`,
    `import '../../core/providers/gitlab.ts' ${REFUSED}`,
    `import '../../analysis/posture/in-house.ts'`,
    `import '../../analysis/posture/posture.ts' ${REFUSED}`,
    `import '../../analysis/index.ts' ${REFUSED}`,
    `import 'node:crypto' ${REFUSED}`,
    `import 'jose' ${REFUSED}`,
  ],
  'src/console/pages/a.tsx': [
    `import 'preact/hooks'`,
    `import 'uplot'`,
    `import '@codemirror/lang-yaml'`,
    `import '../parts/states.tsx'`,
    `import '../../contract/admin.ts'`,
    `import '../../web/result.ts'`,
    `import '../../analysis/index.ts'`,
    `import '../../core/policy/explain/explain.ts'`,
    `import '../../analysis/posture/posture.ts' ${REFUSED}`,
    `import '../../core/evidence/verify.ts' ${REFUSED}`,
    `import 'hono' ${REFUSED}`,
    `import 'node:fs' ${REFUSED}`,
  ],
  'action/src/forms/a.ts': [
    `import 'node:fs'`,
    `import '../inputs.ts'`,
    `import '../../../src/client/in-house.ts'`,
    `import '../../../src/protocol/oauth.ts'`,
    `import '../../../src/client/detect.ts' ${REFUSED}`,
    `import '../../../src/core/limits.ts' ${REFUSED}`,
    `import 'zod' ${REFUSED}`,
  ],
  // An import cycle of types counts as a cycle.
  'src/client/chicken.ts': [
    `import type { Egg } from './egg.ts' ${REFUSED}`,
    'export type Chicken = { readonly egg: Egg }',
  ],
  'src/client/egg.ts': [
    `import type { Chicken } from './chicken.ts' ${REFUSED}`,
    'export type Egg = { readonly chicken?: Chicken }',
  ],
}

type Diagnostic = {
  readonly category: string
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

let tree = ''
let refused: ReadonlySet<string> = new Set()

function lint(): readonly Diagnostic[] {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const flags = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none']
  try {
    return JSON.parse(execFileSync(biome, flags, { cwd: tree, encoding: 'utf8', stdio: 'pipe' }))
      .diagnostics
  } catch (failure) {
    // Biome exits with 1 when there are findings. The report is on stdout.
    return JSON.parse((failure as { readonly stdout: string }).stdout).diagnostics
  }
}

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'edgemint-walls-'))
  cpSync(join(root, 'biome.jsonc'), join(tree, 'biome.jsonc'))
  cpSync(join(root, 'scripts/lint'), join(tree, 'scripts/lint'), { recursive: true })
  for (const [path, lines] of Object.entries(FILES)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), `${lines.join('\n')}\n`)
  }
  const found = lint().filter(({ category }) => RULES.includes(category))
  refused = new Set(found.map(({ location }) => `${location.path}:${location.start.line}`))
})

afterAll(() => rmSync(tree, { recursive: true, force: true }))

test.each(Object.keys(FILES))('%s: exactly the marked lines are refused', (path) => {
  const lines = FILES[path] ?? []
  const found = lines.filter((_, index) => refused.has(`${path}:${index + 1}`))
  expect(found).toEqual(lines.filter((line) => line.endsWith(REFUSED)))
})
