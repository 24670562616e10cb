/**
 * Checks the parts of the pages that are not commands: blocks parse, trust documents compile, code
 * type-checks against the built package, and links have a target.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import { ANY_TRUST_DOMAIN } from '../../src/core/policy/consumer/trust-domain.ts'
import { manifest } from '../package/support/project.ts'
import { type Block, listPages, readBlocks, readPage } from './support/docs/pages.ts'
import { completeTrust, isTrust } from './support/docs/trust-blocks.ts'
import { root } from './support/world.ts'

const pages = listPages()
const blocks = pages.flatMap(readBlocks)
const run = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-docs-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const place = ({ page, line }: Block) => `${page}:${line}`
const written = (...languages: string[]) =>
  blocks.filter(({ language }) => languages.includes(language))

/**
 * The languages of code blocks, each with the test that checks it. Other languages are refused,
 * because no test would check them.
 */
const LANGUAGES = {
  '': 'no commands',
  sh: 'docs-commands.test.ts, docs-platforms.test.ts',
  json: 'this file',
  yaml: 'this file',
  ts: 'this file, or as an excerpt of an example test/package/examples.test.ts',
  js: 'docs-platforms.test.ts',
  cel: 'test/core/policy/language/expression/expressions.docs.test.ts',
  text: 'no commands but those of docs-providers.test.ts',
  ini: 'no commands',
  nginx: 'scripts/extra: the real nginx',
  caddyfile: 'scripts/extra: the real Caddy',
  python:
    'scripts/extra/audit.ts: the real Python; test/contract/decisions/audit-format.docs.test.ts',
}
const COMMAND = /^(?:\$ )?(?:npx|npm|edgemint|curl|git|docker|wrangler|kubectl) /m

describe('code blocks of the docs', () => {
  it('are in a language that a test checks', () => {
    const unknown = blocks.filter(({ language }) => !Object.hasOwn(LANGUAGES, language))
    expect(unknown.map(place)).toEqual([])
  })

  it('contain no command if their language is not run', () => {
    const words = written('', 'text', 'ini').filter(({ page }) => page !== 'docs/providers.md')
    expect(words.filter(({ code }) => COMMAND.test(code)).map(place)).toEqual([])
  })

  it.each(written('json').map((block) => [place(block), block] as const))(
    'are JSON at %s',
    (_, { code }) => {
      for (const value of code.trim().split(/^(?=\{)/m)) {
        expect(() => JSON.parse(value) as unknown).not.toThrow()
      }
    },
  )

  it('are YAML if they say so', () => {
    for (const block of written('yaml')) {
      const faults = parseAllDocuments(block.code).flatMap((document) =>
        'errors' in document ? document.errors : [],
      )
      expect(faults, place(block)).toEqual([])
    }
  })

  it('compile if they are a trust document or rules', () => {
    const shown = written('yaml').filter(({ page, tag }) => page !== 'docs/lint.md' && tag === '')
    const trust = shown.filter(({ code }) => isTrust(parse(code)))
    expect(trust.length).toBeGreaterThan(2)
    for (const block of trust) {
      const result = compileTrust(completeTrust(parse(block.code)), {
        gatewayIssuer: 'https://sts.example.com',
        maxTokenLifetimeSeconds: 3600,
        maxRuleExpirySeconds: undefined,
        localIssuers: true,
        trustDomain: ANY_TRUST_DOMAIN,
      })
      expect('problems' in result ? result.problems : [], place(block)).toEqual([])
    }
  })

  it('type-check against the built package', { timeout: 120_000 }, async () => {
    const paths = Object.entries(manifest.exports)
      .filter(([, file]) => file.endsWith('.js'))
      .map(([door, file]) => [join('edgemint', door), [join(root, file.replace(/\.js$/, '.d.ts'))]])
    symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'))
    const examples = readExamples()
    for (const { page, line, code, tag } of written('ts')) {
      if (tag !== '' || examples.some((example) => example.includes(code))) continue
      const name = `${page.replaceAll(/[^a-zA-Z]/g, '-')}-${line}.ts`
      writeFileSync(join(scratch, name), `${code}\nexport {}\n`)
    }
    writeFileSync(
      join(scratch, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          target: 'ES2024',
          module: 'ESNext',
          moduleResolution: 'Bundler',
          lib: ['ES2024', 'DOM', 'DOM.Iterable'],
          types: ['node'],
          paths: Object.fromEntries(paths),
        },
      }),
    )
    const compiler = join(root, 'node_modules/.bin/tsc')
    const faults = await run(compiler, ['-p', scratch]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    )
    expect(faults).toBe('')
  })
})

describe('pages', () => {
  it.each(pages)('link only to existing targets, in %s', (page) => {
    const text = readPage(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? page : normalize(join(dirname(page), path))
      expect(existsSync(join(root, target)), link).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor)
    }
  })

  it.each(['docs/README.md', 'docs/platforms/README.md'])('are listed in the index %s', (index) => {
    const folder = dirname(index)
    const own = pages.filter((page) => dirname(page) === folder && page !== index)
    const missing = own.filter((page) => !readPage(index).includes(`](${basename(page)}`))
    expect(missing).toEqual([])
    expect(own.length).toBeGreaterThan(10)
  })

  it('show the same rule in the README as in the example', () => {
    const rules = (text: string) =>
      (parse(text) as { rules: { name: string; when: unknown }[] }).rules
    const inReadme = written('yaml').filter(({ page }) => page === 'README.md')
    const shown = inReadme.find(({ code }) => isTrust(parse(code)))
    const [rule] = rules(shown?.code ?? '')
    const same = rules(readPage('examples/trust.yaml')).find(({ name }) => name === rule?.name)
    expect(same?.when).toEqual(rule?.when)
  })
})

/**
 * Returns the text of every example. Code that a page takes from an example is type-checked there.
 */
function readExamples(): readonly string[] {
  return readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readPage(join('examples', path)))
}

/** Returns the anchors that a page defines, and those that GitHub gives to its headings. */
function anchorsOf(page: string): readonly string[] {
  const text = readPage(page)
  const own = [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id)
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return [...own, ...headings]
}
