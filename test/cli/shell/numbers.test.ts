/** Every flag with a number: a refusal names the range, and nothing is sent. */
import { afterAll, expect, test } from 'vitest'
import { COMMANDS } from '../../../src/cli/shell/command-table.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
afterAll(() => expect(gateway.asked).toEqual([]))
const write = createScratch()
const admin = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const decide = ['--issuer', 'github', '--claims', write('claims.json', '{}')]
const explain = ['--trust', 'examples/trust/github-organisation/trust.yaml', ...decide]
const AWS = ['--role-arn', 'arn:aws:iam::123456789012:role/deploy', '--region', 'eu-central-1']
const POOL = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b'
const GOOGLE = ['--audience', POOL, '--url', gateway.url, '--resource', 'https://a.example.com']

type Row = readonly [name: string, flag: string, range: string, more: readonly string[]]
const ROWS: readonly Row[] = [
  ['decisions list', 'limit', 'a number from 1 to 1000000', admin],
  ['decisions follow', 'interval', 'a number of seconds from 1 to 3600', admin],
  ['decisions export', 'shard', 'a number from 0 to 63', admin],
  ['decisions export', 'after', 'a number from 0 to 999999999999999', ['--shard', '0', ...admin]],
  ['trust log', 'limit', 'a number from 1 to 1000000', admin],
  ['ask outliving', 'limit', 'a number from 1 to 1000000', admin],
  ['ask outliving', 'by', 'a number of seconds from 0 to 86400', admin],
  ['posture', 'unused-days', 'a number of days from 1 to 399', admin],
  ['keys check', 'max-age-days', 'a number of days from 1 to 9999', ['--url', gateway.url]],
  ['explain', 'asn', 'a number from 0 to 4294967295', explain],
  ['exec', 'grace', 'a number of seconds from 0 to 86400', ['--', 'true']],
  ['deploy', 'wait', 'a number of seconds from 0 to 3600', []],
  ['login', 'wait', 'a number of seconds from 1 to 3600', ['--url', gateway.url]],
  ['credential aws', 'duration', 'a number of seconds from 900 to 43200', AWS],
  ['credential google-config', 'timeout', 'a number of seconds from 5 to 120', GOOGLE],
  ['serve', 'port', 'a number from 0 to 65535; 0 picks a free port', []],
  ['serve', 'metrics-port', 'a number from 0 to 65535; 0 picks a free port', []],
  ['dev-issuer', 'port', 'a number from 0 to 65535; 0 picks a free port', []],
  ['dev-issuer', 'keys-port', 'a number from 0 to 65535; 0 picks a free port', []],
]

test.each(ROWS)('%s names the range of --%s', async (name, flag, range, more) => {
  const [, least = '', most = ''] = / from (\d+) to (\d+)/.exec(range) ?? []
  const outside = [
    String(Number(least) - 1),
    String(Number(most) + 1),
    '1.5',
    '1e3',
    '9'.repeat(30),
  ]
  for (const value of outside) {
    const { stdout, stderr, exitCode } = await runCli([
      ...[...name.split(' '), `--${flag}`, value],
      ...more,
    ])
    expect([value, exitCode, stdout]).toEqual([value, 2, ''])
    expect(stderr.split('\n')[0]).toBe(`edgemint: --${flag} must be ${range}`)
  }
})

/** `--lifetime` has messages of its own, which the SDK and the action share. */
const OTHERS = ['lifetime', 'stop-delay', 'stop-deadline']

test('the table has every flag whose value is a number', async () => {
  const known = new Set(ROWS.map(([name, flag]) => `${name} --${flag}`))
  for (const [name, { load }] of COMMANDS) {
    const { command } = await load()
    for (const [flag, { value = '' }] of Object.entries(command.flags)) {
      if (!/^(NUMBER|SECONDS|PORT|SEQUENCE)$/.test(value) || OTHERS.includes(flag)) continue
      expect(known).toContain(`${name} --${flag}`)
    }
  }
})
