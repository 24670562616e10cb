import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()
const NOW = Date.parse('2027-03-01T12:00:00Z')
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

const TEXT = `# The rules of acme.
version: 1
issuers: { github: { provider: github-actions } }   # one issuer
resources:
  https://api.example.com/v1:
    scopes: [deploy]
rules:
  - name: deploy
    owner: platform@example.com
    expires: 2027-03-31   # the end of the quarter
    from: github
    when: { repository_owner_id: "1", repository_id: '2' }
    grant: { resource: https://api.example.com/v1, scopes: [deploy] }

  - expires: "2027-04-30T12:00:00Z"
    name: preview
    from: github
    owner: platform@example.com
    when: { repository_owner_id: "1", repository_id: '3' }
    grant: { resource: https://api.example.com/v1, scopes: [deploy] }
  - { name: never, effect: deny, from: github, when: { ref: refs/heads/x } }
`

const renew = (file: string, ...args: readonly string[]) =>
  runCli(['rules', 'renew', ...args, '--trust', file])

describe('edgemint rules renew', () => {
  it('changes the date and nothing else', async () => {
    const file = write('trust.yaml', TEXT)
    chmodSync(file, 0o640)
    const { stderr, stdout, exitCode } = await renew(file, 'deploy', '--until', '2027-06-30')
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toContain('edgemint: deploy ends 2027-06-30; before, it ended 2027-03-31\n')
    expect(readFileSync(file, 'utf8')).toBe(TEXT.replace('2027-03-31', '2027-06-30'))
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  it.each([
    ['90d', '2027-05-30'],
    ['12w', '2027-05-24'],
    ['366d', '2028-03-01'],
  ])('counts %s from today, and keeps the quotes', async (period, end) => {
    const file = write('trust.yaml', TEXT)
    const { stdout } = await renew(file, 'preview', '--for', period, '--json')
    expect(JSON.parse(stdout)).toEqual({
      ...{ file, rule: 'preview', before: '2027-04-30T12:00:00Z', expires: end },
    })
    expect(readFileSync(file, 'utf8')).toBe(TEXT.replace('2027-04-30T12:00:00Z', end))
  })

  it('keeps a byte order mark, line ends, and a link', async () => {
    const text = `\ufeff${TEXT.replaceAll('\n', '\r\n')}`
    const file = write('windows.yaml', text)
    const link = `${file}.link`
    symlinkSync(file, link)
    expect((await renew(link, 'deploy', '--until', '2027-06-30')).exitCode).toBe(0)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(file, 'utf8')).toBe(text.replace('2027-03-31', '2027-06-30'))
  })

  it.each(['>-', '|-'])('renews a date in a block of text (%s)', async (block) => {
    const text = TEXT.replace('2027-03-31   # the end', `${block}   # the end`).replace(
      'quarter',
      'quarter\n      2027-03-31',
    )
    const file = write('block.yaml', text)
    expect((await renew(file, 'deploy', '--until', '2027-06-30')).exitCode).toBe(0)
    const line = `    expires: ${block}   # the end of the quarter\n      2027-03-31\n`
    expect(readFileSync(file, 'utf8')).toBe(text.replace(line, '    expires: 2027-06-30\n'))
  })

  it('renews a rule of a JSON file', async () => {
    const json = JSON.stringify({
      ...{ version: 1, issuers: { github: { provider: 'github-actions' } } },
      resources: { 'https://api.example.com/v1': { scopes: ['deploy'] } },
      rules: [
        {
          ...{ name: 'deploy', owner: 'x', expires: '2027-03-31', from: 'github' },
          when: { repository_owner_id: '1', repository_id: '2' },
          grant: { resource: 'https://api.example.com/v1', scopes: ['deploy'] },
        },
      ],
    })
    const file = write('trust.json', json)
    await renew(file, 'deploy', '--until', '2027-06-30')
    expect(readFileSync(file, 'utf8')).toBe(json.replace('2027-03-31', '2027-06-30'))
  })

  const anchored = TEXT.replace('2027-03-31', '&end 2027-03-31').replace(
    '"2027-04-30T12:00:00Z"',
    '*end',
  )
  it.each<[string, string, readonly string[], number, string]>([
    [
      'an unknown rule',
      TEXT,
      ['deplyo', '--for', '90d'],
      1,
      'no rule deplyo: did you mean deploy?',
    ],
    ['a rule without an end', TEXT, ['never', '--for', '90d'], 1, 'never has no end'],
    ['an anchor', anchored, ['deploy', '--for', '90d'], 1, 'is an alias or an anchor'],
    ['an alias', anchored, ['preview', '--for', '90d'], 1, 'is an alias or an anchor'],
    ['an earlier end', TEXT, ['deploy', '--until', '2027-03-31'], 1, 'ends 2027-03-31 already'],
    ['a past end', TEXT, ['deploy', '--until', '2027-02-28'], 2, '--until is in the past'],
    ['no date', TEXT, ['deploy', '--until', '2027-02-31'], 2, '--until must be a date'],
    ['a period that is too long', TEXT, ['deploy', '--for', '367d'], 2, 'at most 366 days'],
    ['an end that is too late', TEXT, ['deploy', '--until', '2028-03-03'], 2, 'at most 366 days'],
    ['a period without a unit', TEXT, ['deploy', '--for', '90'], 2, '--for must be days or weeks'],
    ['two ends', TEXT, ['deploy', '--for', '9d', '--until', '2027-06-30'], 2, 'either --until or'],
    ['no end', TEXT, ['deploy'], 2, 'either --until or --for'],
    ['a file with problems', `${TEXT}\nx: 1`, ['deploy', '--for', '90d'], 1, 'unknown key "x"'],
  ])('refuses %s and leaves the file alone', async (_, text, args, code, sentence) => {
    const file = write('trust.yaml', text)
    const { stderr, stdout, exitCode } = await renew(file, ...args)
    expect([exitCode, stdout]).toEqual([code, ''])
    expect(stderr).toContain(sentence)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it.each(['-', '/dev/null'])('refuses %s, which cannot be changed in place', async (path) => {
    const { stderr, exitCode } = await renew(path, 'deploy', '--for', '90d')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('changed in place')])
  })

  it('keeps rights that the umask takes', async () => {
    const file = write('shared.yaml', TEXT)
    chmodSync(file, 0o666)
    expect((await renew(file, 'deploy', '--until', '2027-06-30')).exitCode).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o666)
  })
})
