/** The commands and flags in sentences and tables of the pages. docs-commands.test.ts runs the blocks. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/cli/shell/command.ts'
import { COMMANDS } from '../../src/cli/shell/command-table.ts'
import { parseFlags } from '../../src/cli/shell/flags.ts'
import { listPages, readPage } from '../conformance/support/docs/pages.ts'

const PAGES = [...listPages(), 'CONTRIBUTING.md', 'SECURITY.md', 'ci/README.md']

/** Flags of other programs that a page names alone. */
const FOREIGN: Readonly<Record<string, string>> = {
  'allow-env': 'Deno',
  'allow-net': 'Deno',
  'allow-read': 'Deno',
  'allow-run': 'Deno',
  'allow-write': 'Deno',
  all: 'npm run simulate',
  'api-route': 'oauth2-proxy',
  'authentication-config': 'kube-apiserver',
  'client-id': 'oauth2-proxy',
  'config-path': 'Fulcio',
  'data-urlencode': 'curl',
  'env-file': 'podman',
  'fulcio-url': 'cosign',
  'jwk-json-path': 'gcloud',
  'max-stale': 'npm run simulate',
  'no-interpolation': 'Buildkite',
  'oidc-': 'kube-apiserver',
  'oidc-extra-audience': 'oauth2-proxy',
  'oidc-issuer-url': 'oauth2-proxy',
  'oidc-signing-algs': 'kube-apiserver',
  seconds: 'npm run simulate',
  'service-account-jwks-uri': 'kube-apiserver',
  'signing-config': 'cosign',
  'skip-jwt-bearer-tokens': 'oauth2-proxy',
}

const commands = new Map<string, Command>()
for (const [name, entry] of COMMANDS) commands.set(name, (await entry.load()).command)
const groups = new Set([...commands.keys()].map((name) => name.split(' ')[0]))
const flags = new Set(
  [...commands.values()].flatMap((command) =>
    Object.entries(command.flags).flatMap(([name, { alias }]) => [name, alias ?? name]),
  ),
)

/** The texts between backticks outside of blocks, with white space as one space. */
function readSpans(text: string): readonly string[] {
  const sentences = text.replaceAll(/^ *(`{3,})[\s\S]*?^ *\1/gm, '')
  return [...sentences.matchAll(/(`+)([^`]+)\1/g)].map(([, , span = '']) =>
    span.replaceAll(/\s+/g, ' ').trim(),
  )
}

/** Undefined if the span names no command of this program, or nothing is wrong with it. */
function findFault(span: string): string | undefined {
  const [, npx, line] = /^(npx )?edgemint (?!\/)(.*)$/.exec(span) ?? []
  if (line === undefined) return /^--[a-z]/.test(span) ? findUnknownFlag(span) : undefined
  // A program that `exec` runs, and a file that the shell writes.
  const words = line.replace(/ (?:--|>|\|) .*$/, '').split(' ')
  const [first = '', second = ''] = words
  const isAlone = words.length === 1
  if (first === 'help' || (isAlone && (first === '--version' || groups.has(first))))
    return undefined
  const name = commands.has(`${first} ${second}`) ? `${first} ${second}` : first
  const command = commands.get(name)
  if (command === undefined) return 'unknown command'
  const args = words.slice(name.split(' ').length)
  const given = args.flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? [])
  const known = Object.entries(command.flags).flatMap(([flag, { alias }]) => [flag, alias])
  const unknown = given.find((flag) => !known.includes(flag) && flag !== 'help')
  if (unknown !== undefined) return `unknown flag --${unknown}`
  // Without npx, or without a flag, a sentence names the command and does not show how it is run.
  if (npx === undefined || given.length === 0 || given.includes('help')) return undefined
  return findUsageFault(args, command)
}

function findUnknownFlag(span: string): string | undefined {
  const names = [...span.matchAll(/(?:^| )--([a-z][a-z-]*)/g)].map(([, name = '']) => name)
  return names.find((name) => name !== 'help' && !flags.has(name) && FOREIGN[name] === undefined)
}

function findUsageFault(args: readonly string[], command: Command): string | undefined {
  try {
    const { values } = parseFlags(args, command)
    return Object.entries(command.flags).find(
      ([name, { required, variables }]) =>
        required === true && variables === undefined && values[name] === undefined,
    )?.[0]
  } catch (error) {
    return String(error)
  }
}

describe('a sentence of the docs', () => {
  it.each([
    ['edgemint revoke --dision ID', 'unknown flag --dision'],
    ['npx edgemint remove', 'unknown command'],
    ['edgemint decisions lst', 'unknown command'],
    ['npx edgemint rollback 41 --token-file admin.jwt', 'url'],
    ['npx edgemint plan trust.yaml --json=yes', 'CommandFailure: --json takes no value'],
    ['--dison', 'dison'],
  ])('is refused with %s', (span, fault) => {
    expect(findFault(span)).toBe(fault)
  })

  it.each(PAGES)('names only commands and flags that exist in %s', (page) => {
    const faults = readSpans(readPage(page)).flatMap((span) => {
      const fault = findFault(span)
      return fault === undefined ? [] : [`${span}: ${fault}`]
    })
    expect(faults).toEqual([])
  })

  it('names each of the flags of other programs', () => {
    const spans = PAGES.flatMap((page) => readSpans(readPage(page)))
    for (const name of Object.keys(FOREIGN)) {
      expect(spans.some((span) => /^--[a-z]/.test(span) && span.includes(`--${name}`))).toBe(true)
    }
  })
})
