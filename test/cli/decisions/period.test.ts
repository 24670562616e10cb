/** A period or a filter that every gateway refuses is refused before anything is sent. */
import { beforeEach, describe, expect, it, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
beforeEach(() => {
  gateway.answer(() => ({ status: 200, body: { decisions: [], from: 0, to: 1, complete: true } }))
})

const NO_TIME = 'is no time: use epoch seconds or UTC, such as 1795000000'
const TOO_LONG = 'begins more than 366 days before --to: ask for shorter periods'
const PERIODS: readonly (readonly [args: readonly string[], sentence: string])[] = [
  [['--from', 'tomorrow'], `--from ${NO_TIME}`],
  [['--to', '2026-02-30'], `--to ${NO_TIME}`],
  [['--from', '2026-12-01', '--to', '2026-11-01'], '--from is not before --to: exchange them'],
  [['--from', '2016-01-01'], `--from ${TOO_LONG}`],
  [['--from', '2026-01-01', '--to', '2027-06-01'], `--from ${TOO_LONG}`],
]
const CLAIMS: typeof PERIODS = [
  [['--claim', 'repository'], '--claim is no claim and value: use repository_id=42'],
  [
    Array.from({ length: 9 }, () => ['--claim', 'a=1']).flat(),
    '--claim is given more than 8 times',
  ],
]
const CASES: readonly (readonly [name: string, rows: typeof PERIODS])[] = [
  ['decisions list', [...PERIODS, ...CLAIMS]],
  ['decisions follow', CLAIMS],
  ['ask outliving', PERIODS],
]

test.each(CASES)('%s refuses an invalid question and sends nothing', async (name, rows) => {
  for (const [args, sentence] of rows) {
    const run = await runCli([...name.split(' '), ...args, ...flags])
    expect([args, run.exitCode, run.stdout]).toEqual([args, 2, ''])
    expect(run.stderr).toContain(`edgemint: ${sentence}`)
  }
  expect(gateway.asked).toEqual([])
})

test('names each fault of a question', async () => {
  const { stderr } = await runCli(['decisions', 'list', '--from', 'x', '--to', 'y', ...flags])
  expect(stderr.split('\n')[0]).toMatch(/^edgemint: --from is no time: .*; --to is no time: /)
})

describe('edgemint ask outliving', () => {
  it('begins seven days before the end that was given', async () => {
    await runCli(['ask', 'outliving', '--to', '2026-01-08T00:00:00Z', ...flags])
    const { searchParams } = new URL(gateway.asked[0]?.path ?? '', gateway.url)
    expect(searchParams.get('from')).toBe(String(Date.parse('2026-01-01T00:00:00Z') / 1000))
  })
})
