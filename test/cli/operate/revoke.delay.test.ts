/** What `revoke` says of the time until new tokens are accepted again. */
import { expect, test } from 'vitest'
import { STATUS_BLOCK_SECONDS } from '../../../src/cli/shell/limits.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../src/core/limits.ts'
import { STATUS_LEASE_SECONDS } from '../../../src/worker/caches/status/limits.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]
const ISSUED = 'hint: tokens are issued again within ten seconds'
/** In the year 2100, which has not passed. */
const LATER = 4_102_444_800
const SHOWN =
  'hint: an API that reads status lists may refuse all tokens issued until 2100-01-01T00:15:30Z'

/** The hints after a revocation with this report. */
async function hintsOf(args: readonly string[], report: object): Promise<readonly string[]> {
  const body = {
    ...{ grain: 'rule', id: 'deploy', issued_before: LATER, stops_issuing: false },
    ...{ revoked_at: 1, revoked_by: 'a', reason: 'r', expires_at: LATER, ...report },
  }
  gateway.answer(() => ({ status: 200, body }))
  const { stderr, exitCode } = await runCli(['revoke', ...args, '--reason', 'r', ...flags])
  expect(exitCode).toBe(0)
  return stderr.split('\n').flatMap((line) => /^edgemint: (hint: .*)/.exec(line)?.[1] ?? [])
}

test('the time is that of the status lists of the gateway', () => {
  expect(STATUS_BLOCK_SECONDS).toBe(STATUS_LEASE_SECONDS + CLOCK_LEEWAY_SECONDS)
})

test.each<[string, readonly string[], object, readonly string[]]>([
  ['a lift of a rule', ['--rule', 'deploy', '--lift'], {}, [ISSUED, SHOWN]],
  ['a lift of a subject', ['--subject', 's', '--lift'], { grain: 'subject' }, [ISSUED]],
  ['a revocation with --before', ['--rule', 'deploy', '--before', '2026-11-18'], {}, [SHOWN]],
  [
    'a moment that is long past',
    ['--rule', 'deploy', '--before', '2026-11-18'],
    { issued_before: 1_600_000_000 },
    [],
  ],
  ['a stop', ['--rule', 'deploy'], { stops_issuing: true }, []],
])('%s says from when new tokens are accepted', async (_, args, report, hints) => {
  expect(await hintsOf(args, report)).toEqual(hints)
})
