/**
 * People copy the trust documents and policies of the docs and the examples. So lint has no open
 * finding about them, at the time when they were written. docs/lint.md shows bad rules on purpose,
 * and has its own test.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { lint, lintPolicy } from '../../src/analysis/lint/lint.ts'
import { compilePolicy, compileTrust } from '../../src/core/policy/compile/compile.ts'
import { listPages, readBlocks, readPage } from '../conformance/support/docs/pages.ts'
import { completeTrust } from '../conformance/support/docs/trust-blocks.ts'
import { CEILINGS } from '../support/core-world.ts'
import { root } from './support/project.ts'

/** 2026-11-30. A rule that has ended then, or ends more than a year later, is a finding. */
const AT = 1_795_996_800

type Exception = {
  readonly at: string
  readonly lint: string
  readonly reason: string
}

/** Findings of severity `info` that an honest example has. No other severity is excepted. */
const EXCEPTIONS: readonly Exception[] = [
  {
    at: 'docs/federate-to/aws.md',
    lint: 'LINT-46',
    reason: 'a name of a repository that GitHub accepts fits, and the gateway checks each one',
  },
  {
    at: 'docs/federate-to/entra.md',
    lint: 'LINT-48',
    reason: 'the page says that the gateway needs an RS256 key, which a document cannot have',
  },
  {
    at: 'docs/federate-to/snowflake.md',
    lint: 'LINT-48',
    reason: 'the page says that the gateway needs an RS256 key, which a document cannot have',
  },
  {
    at: 'examples/github-workflow/policy.json',
    lint: 'PROBE',
    reason: 'pull requests plan: the role editor changes nothing, and forks get no token',
  },
  {
    at: 'README.md',
    lint: 'LINT-40',
    reason: 'the sentence below the rule advises a path',
  },
  {
    at: 'examples/trust.yaml',
    lint: 'LINT-40',
    reason: 'a comment in the file advises a path',
  },
  {
    at: 'examples/mcp/chain/trust.yaml',
    lint: 'LINT-40',
    reason: 'its services are at the root of a port, and their verifiers expect the slash',
  },
  {
    at: 'examples/trust/terraform/trust.yaml',
    lint: 'PROBE',
    reason: 'a plan only reads the state',
  },
]

type Shown = { readonly at: string; readonly value: Readonly<Record<string, unknown>> }

const isRecord = (value: unknown): value is Shown['value'] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const hasRules = ({ value }: Shown) => Array.isArray(value.rules)

/** Blocks that a reader can use as they are: a `fragment` is a part of a document. */
function readShown(): readonly Shown[] {
  const blocks = listPages()
    .filter((page) => page !== 'docs/lint.md')
    .flatMap(readBlocks)
    .filter(({ language, tag }) => ['yaml', 'json'].includes(language) && tag === '')
    .map(({ page, code }) => ({ at: page, code }))
  const settings = listPages().flatMap((page) =>
    [...readPage(page).matchAll(/BOOTSTRAP_TRUST='([^']+)'/g)].map(([, code = '']) => ({
      at: page,
      code,
    })),
  )
  const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.(?:ya?ml|json)$/.test(file) && !file.includes('node_modules'))
    .map((file) => join('examples', file))
    .map((at) => ({ at, code: readFileSync(join(root, at), 'utf8') }))
  return [...blocks, ...settings, ...files]
    .map(({ at, code }) => ({ at, value: parseFirst(code) }))
    .filter((shown): shown is Shown => isRecord(shown.value))
    .filter(hasRules)
}

/** Undefined if the text has several documents, which a trust document never has. */
function parseFirst(code: string): unknown {
  try {
    return parse(code, { logLevel: 'silent' })
  } catch {
    return undefined
  }
}

const isPolicy = ({ value }: Shown) => isRecord(value.issuers) && value.version === undefined

function findOpen(shown: Shown) {
  const findAll = isPolicy(shown) ? lintPolicy : lint
  const compiled = isPolicy(shown)
    ? compilePolicy(shown.value, CEILINGS)
    : compileTrust(completeTrust(shown.value), CEILINGS, { admitAt: AT })
  if ('problems' in compiled) throw new Error(`${shown.at}: ${JSON.stringify(compiled.problems)}`)
  return findAll(compiled.trust, { at: AT })
    .filter(({ accepted }) => accepted === undefined)
    .map(({ lint: id, severity, message }) => ({ at: shown.at, lint: id, severity, message }))
}

const shown = readShown()
const open = shown.flatMap(findOpen)
const matches = (exception: Exception, finding: (typeof open)[number]) =>
  exception.at === finding.at && exception.lint === finding.lint && finding.severity === 'info'

describe('the trust documents and policies of the docs and the examples', () => {
  it('are found on the pages, in the examples, and in both forms', () => {
    const places = shown.map(({ at }) => at)
    expect(places.filter((at) => at.startsWith('docs/platforms/')).length).toBeGreaterThan(15)
    expect(places).toEqual(
      expect.arrayContaining(['README.md', 'docs/trust-document.md', 'examples/trust.yaml']),
    )
    expect(shown.filter(isPolicy).map(({ at }) => at)).toEqual([
      'docs/login.md',
      'docs/trust-document.md',
      'docs/production-self-hosted.md',
      'examples/github-workflow/policy.json',
    ])
  })

  it('have no open finding of lint, of any severity', () => {
    expect(open.filter((finding) => !EXCEPTIONS.some((one) => matches(one, finding)))).toEqual([])
  })

  it('have every finding that is excepted', () => {
    const idle = EXCEPTIONS.filter((one) => !open.some((finding) => matches(one, finding)))
    expect(idle).toEqual([])
  })
})
