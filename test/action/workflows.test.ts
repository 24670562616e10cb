import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { VERSION } from '../ci/support/platform.ts'
import { API } from '../conformance/support/world.ts'
import { startJob } from './support/job.ts'
import { manifest, root } from './support/runner.ts'

const { runner, inputs } = await startJob()

type Step = {
  readonly uses?: string
  readonly id?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}
type Workflow = {
  readonly permissions: object
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions: Record<string, string>; readonly steps: readonly Step[] }
    >
  >
}

const EXAMPLES = 'examples/github-actions'
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['action/README.md', 'docs/github-actions.md']

/** The workflows of a page: its YAML blocks that have jobs. */
function blocks(page: string): readonly string[] {
  return [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .map(([, text = '']) => text)
    .filter((text) => /^jobs:/m.test(text))
}

const workflows: readonly (readonly [string, string])[] = [
  ...readdirSync(join(root, EXAMPLES)).map((name) => [name, read(join(EXAMPLES, name))] as const),
  ...pages.flatMap((page) => blocks(page).map((text) => [page, text] as const)),
]
const OURS = `edgemint/edgemint/action@v${VERSION}`

/** What each form of output gives to later steps. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  output: ['token'],
  env: ['DEPLOY_TOKEN'],
  file: ['file'],
  netrc: ['file', 'NETRC'],
  npmrc: ['file', 'NPM_CONFIG_USERCONFIG'],
  docker: ['file', 'DOCKER_CONFIG'],
  'git-credential': ['file', 'GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_0', 'GIT_CONFIG_VALUE_0'],
}

describe.each(workflows)('the workflow %s', (_name, text) => {
  const workflow = parse(text) as Workflow
  const [job] = Object.values(workflow.jobs)
  const steps = job?.steps ?? []
  const ours = steps.find(({ uses }) => uses === OURS)

  it('gives the permission only to the job that needs it', () => {
    expect(workflow.permissions).toEqual({})
    const checksOut = steps.some(({ uses }) => uses?.startsWith('actions/checkout@'))
    const contents = checksOut ? { contents: 'read' } : {}
    expect(job?.permissions).toEqual({ ...contents, 'id-token': 'write' })
  })

  it('pins other actions by hash, says to pin this one, and persists no credentials', () => {
    for (const [, uses = ''] of text.matchAll(/uses: (.*)$/gm)) {
      expect(uses).toMatch(/^(?:edgemint\/\S+ # pin it by|[\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+$)/)
    }
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toEqual({ 'persist-credentials': false })
    }
  })

  it('puts no expression into a script', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{')
  })

  it('reads only existing outputs', () => {
    const names = [...text.matchAll(/steps\.(\w+)\.outputs\.([\w-]+)/g)]
    for (const [, id, output = ''] of names) {
      expect(id).toBe(ours?.id)
      expect(manifest.outputs).toHaveProperty([output])
    }
  })

  it('gets its token in the requested form', async () => {
    const { scope: _, ...given } = ours?.with ?? {}
    // The test replaces the example's gateway, API and scopes with its own.
    const step = await runner.main({ ...given, ...inputs, resource: API })
    expect([step.exitCode, step.stderr]).toEqual([0, ''])
    const form = given.output ?? 'output'
    const always = ['expires-at', 'decision-id', 'scope']
    const found = [...Object.keys(step.outputs), ...Object.keys(step.variables)]
    expect(found.toSorted()).toEqual([...always, ...(FOUND[form] ?? [])].toSorted())
    await runner.post(step)
  })
})

describe('the manifest', () => {
  it('names existing files, and a post step that always runs', () => {
    expect(manifest.runs).toEqual({
      using: 'node24',
      main: 'dist/main.js',
      post: 'dist/post.js',
      'post-if': 'always()',
    })
    for (const file of ['main', 'post']) {
      expect(statSync(join(root, 'action', manifest.runs[file] ?? '')).isFile()).toBe(true)
    }
  })

  it('has the inputs and outputs of its README, and an example for each form', () => {
    const readme = read('action/README.md')
    const rows = (heading: string) => {
      const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
      const [table = ''] = section.split(/\n\n(?=\|)/).slice(1)
      return [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
    }
    expect(rows('Inputs')).toEqual(Object.keys(manifest.inputs))
    expect(rows('Outputs')).toEqual(Object.keys(manifest.outputs))
    const examples = readdirSync(join(root, EXAMPLES))
    for (const name of examples) expect(readme).toContain(`(../${EXAMPLES}/${name})`)
    const forms = examples.map((name) => /^ +output: (.*)$/m.exec(read(join(EXAMPLES, name)))?.[1])
    expect(forms.map((form) => form ?? 'output').toSorted()).toEqual(Object.keys(FOUND).toSorted())
  })
})

describe('the pages', () => {
  it.each([...pages, 'ci/README.md'])('%s links to existing files', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
    expect(links.length).toBeGreaterThan(0)
    for (const [, link = ''] of links) {
      expect(statSync(join(root, dirname(page), link), { throwIfNoEntry: false })).toBeDefined()
    }
  })
})
