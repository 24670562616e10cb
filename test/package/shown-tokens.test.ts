/**
 * Other processes of a machine can read the arguments of a program. So no command of the docs and
 * the examples gives curl a token as an argument or wrangler a secret, and no command writes an admin
 * token for others to read.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listPages } from '../conformance/support/docs/pages.ts'
import { root } from './support/project.ts'

/** Pages with such a command, and why it stays. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'README.md': 'the token is one of the dev issuer on this machine, and no service trusts it',
  'docs/providers.md': 'the commands that the platforms document, for a job on its own machine',
}

const WORKFLOWS = 'examples/github-actions'
const sources = [
  ...listPages(),
  ...readdirSync(join(root, WORKFLOWS)).map((file) => join(WORKFLOWS, file)),
]

/** The commands of a page: a line that ends in a backslash goes on in the next one. */
const commandsOf = (page: string) =>
  readFileSync(join(root, page), 'utf8')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')

/** An argument of curl with the value of a variable or of a file: `-H "… $TOKEN"`, `"$(cat FILE)"`. */
const ARGUMENT = /\bcurl\b[^|]*"[^"|]*(?:\$+\{?\w*TOKEN\b|\$\(cat )/
/** An argument of wrangler with the output of a command or the content of a file. */
const SECRET_ARGUMENT = /\bwrangler\b[^|]*(?:\$\(|`)/
const ADMIN_TOKEN = /> admin\.jwt/

it('no command gives curl a token as an argument', () => {
  const found = sources.filter((page) => commandsOf(page).some((line) => ARGUMENT.test(line)))
  expect(found.toSorted()).toEqual(Object.keys(EXCEPTIONS).toSorted())
})

it('no command gives wrangler a secret as an argument', () => {
  const pages = sources.filter((page) =>
    commandsOf(page).some((line) => /^ {4}|^npx /.test(line) && SECRET_ARGUMENT.test(line)),
  )
  expect(pages).toEqual([])
})

it('an admin token is written for its owner alone', () => {
  const blocks = sources.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, code = '']) => code)
  })
  const writing = blocks.filter((code) => ADMIN_TOKEN.test(code))
  expect(writing.length).toBeGreaterThan(1)
  expect(writing.filter((code) => !/\bumask 077\b/.test(code))).toEqual([])
})
