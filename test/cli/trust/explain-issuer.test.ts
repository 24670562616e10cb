/** `edgemint explain` for a token of another issuer than the one that the command names. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createScratch, root, runCli } from '../support/run.ts'

const write = createScratch()
const folder = 'examples/trust/github-organisation'
const claims = JSON.parse(readFileSync(join(root, folder, 'claims.json'), 'utf8'))
const asked = ['explain', '--trust', `${folder}/trust.yaml`, '--issuer', 'github']
const MOMENT = ['--at', '2026-12-01T00:00:00Z']

describe('explain', () => {
  test.each([
    ['with a slash at the end', `${claims.iss}/`, 'hint: a gateway with this document refuses'],
    ['of nobody', 'https://gitlab.com', 'refuses the token (issuer_not_trusted)'],
    ['a number', 1, 'refuses the token (issuer_not_trusted)'],
  ])('refuses claims whose iss is that of another issuer: %s', async (_, iss, words) => {
    const other = write('other-issuer.json', JSON.stringify({ ...claims, iss }))
    const { stdout, stderr, exitCode } = await runCli([...asked, ...MOMENT, '--claims', other])
    expect(stdout).toBe('denied: the document has no issuer github, or iss is not its URL\n')
    const has = JSON.stringify(iss)
    expect(stderr).toContain(
      `the token is not of github: iss is ${has}, and github has "${claims.iss}"\n`,
    )
    expect(stderr).toContain(words)
    expect(exitCode).toBe(1)
    const what = await runCli(['ask', 'what', ...asked.slice(1), '--claims', other])
    expect(what.stderr).toContain(`the token is not of github: iss is ${has}`)
    expect([what.stdout, what.exitCode]).toEqual(['', 2])
  })

  test('names the issuer of the document that has the iss, also of an actor', async () => {
    const document = 'examples/trust/delegation/trust.yaml'
    const { issuers } = parse(readFileSync(join(root, document), 'utf8'))
    const [people = '', agents = ''] = Object.keys(issuers)
    const { issuer } = issuers[people]
    const swapped = write('swapped.json', JSON.stringify({ iss: issuer, sub: 'u-1' }))
    const own = ['explain', '--trust', document, '--issuer']
    const { stderr } = await runCli([...own, agents, '--claims', swapped])
    expect(stderr).toContain(`edgemint: hint: --issuer ${people}\n`)
    const acting = await runCli([
      ...[...own, people, '--claims', swapped],
      ...['--actor-issuer', agents, '--actor-claims', swapped],
    ])
    expect(acting.stderr).toContain(`edgemint: hint: --actor-issuer ${people}\n`)
    expect([acting.stdout.split('\n')[0], acting.exitCode]).toEqual([
      'denied: the document does not have the issuer of the actor',
      1,
    ])
    const what = await runCli([
      ...['ask', 'what', '--trust', document, '--issuer', agents, '--claims', swapped],
    ])
    expect(what.stderr).toContain(`edgemint: hint: --issuer ${people}\n`)
  })

  test('says nothing of a token without iss, or of a token of this gateway', async () => {
    const { iss: _, ...rest } = claims
    const without = write('without.json', JSON.stringify(rest))
    const own = write('own.json', JSON.stringify({ ...rest, iss: 'https://sts.acme.dev' }))
    const of = (issuer: string, file: string) =>
      runCli([...asked.slice(0, 4), issuer, '--claims', file])
    expect((await of('github', without)).stderr).not.toContain('iss is')
    expect((await of('self', own)).stderr).not.toContain('iss is')
  })
})
