/**
 * Makes the wrangler configuration of a deployment from that of this package, so that bindings,
 * migrations, limits and assets are those of the installed release. Reads and writes the few lines that
 * belong to the deployment.
 */
import { readFileSync } from 'node:fs'
import { CommandFailure } from '../../shell/failure.ts'
import type { Answers } from '../answers.ts'
import { renderAdminLogin } from './policy.ts'

export const WRANGLER_FILE = 'wrangler.toml'

/** The id in the configuration of this package: no namespace has it. */
const NO_NAMESPACE = '0'.repeat(32)
const PACKAGE = 'node_modules/edgemint'

const INTRODUCTION = [
  '# Made by edgemint init from the configuration of the package. edgemint deploy writes the id of the',
  '# KV namespace. After an upgrade of edgemint, run npx edgemint init: it brings new bindings here.',
]

/** A line of the package's configuration, and what it becomes. */
type Change = readonly [line: RegExp, becomes: string]

export function renderWrangler(answers: Answers, namespaceId: string | undefined): string {
  const { issuer, name, people } = answers
  const vars = [
    `ISSUER = ${JSON.stringify(issuer)}`,
    // The sign-in of people. It is not secret.
    ...(people === undefined ? [] : [`ADMIN_LOGIN = ${JSON.stringify(renderAdminLogin(people))}`]),
  ]
  const domain = JSON.stringify(new URL(issuer).hostname)
  const changes: readonly Change[] = [
    [/^# Deploys as it stands .*$/m, INTRODUCTION.join('\n')],
    [/^name = "edgemint"$/m, `name = ${JSON.stringify(name)}`],
    [/^main = "src\/worker\/index\.ts"$/m, `main = "${PACKAGE}/dist/worker/index.js"`],
    [
      /^preview_urls = false$/m,
      `preview_urls = false\nroutes = [{ pattern = ${domain}, custom_domain = true }]`,
    ],
    [/^ISSUER = ".*"$/m, vars.join('\n')],
    [/^directory = "dist\/assets"$/m, `directory = "${PACKAGE}/dist/assets"`],
    [NAMESPACE_LINE, `id = "${namespaceId ?? NO_NAMESPACE}"`],
  ]
  return changes.reduce(replaceLine, readOwnConfiguration())
}

const NAMESPACE_LINE = /^id = "[0-9a-f]{32}"$/m

function readOwnConfiguration(): string {
  return readFileSync(new URL('../../../../wrangler.toml', import.meta.url), 'utf8')
}

function replaceLine(text: string, [line, becomes]: Change): string {
  if (!line.test(text)) throw new TypeError(`wrangler.toml of edgemint has no line ${line.source}`)
  return text.replace(line, () => becomes)
}

/** What `deploy` needs to know of a configuration. */
export type Deployed = {
  readonly name: string
  readonly issuer: string
  readonly namespaceId: string | undefined
  readonly hasAccount: boolean
}

/** Throws a usage failure for a configuration without these lines. */
export function readWrangler(text: string): Deployed {
  const find = (line: RegExp, what: string): string => {
    const value = line.exec(text)?.[1]
    if (value !== undefined) return value
    throw new CommandFailure(2, `${WRANGLER_FILE} has no ${what}`, ['npx edgemint init --force'])
  }
  const id = find(/^id = "([0-9a-f]{32})"/m, 'id of a KV namespace')
  return {
    name: find(/^name = "([a-z0-9_-]+)"/m, 'name'),
    issuer: find(/^ISSUER = "([^"]+)"/m, 'ISSUER'),
    namespaceId: id === NO_NAMESPACE ? undefined : id,
    hasAccount: /^account_id = "/m.test(text),
  }
}

export function withNamespace(text: string, id: string): string {
  return replaceLine(text, [NAMESPACE_LINE, `id = "${id}"`])
}
