/** The findings that `plan` shows, and the message of `apply`. */
import { expect, test } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'
import {
  CHANGED,
  DOCUMENT,
  problem,
  RULE,
  SUMMARY,
  startPlanGateway,
} from './support/plan-gateway.ts'

const { gateway, serve } = await startPlanGateway()
const write = createScratch()
const tokenFile = write('admin.jwt', 'admin.token.text\n')

const changed = write('changed.json', JSON.stringify(CHANGED, null, 2))

const flags = ['--url', gateway.url, '--token-file', tokenFile]
test('apply sends its message, and refuses one that the gateway would refuse', async () => {
  serve({ status: 200, body: { ...SUMMARY, token_id: 'jti', message: 'été & 50%' } })
  const message = ['--message', 'été & 50%']
  const { stdout } = await runCli(['apply', changed, ...flags, ...message, '--json'])
  expect(JSON.parse(stdout)).toEqual({ ...SUMMARY, token_id: 'jti', message: 'été & 50%' })
  const put = gateway.asked.find(({ method }) => method === 'PUT')
  expect(new URLSearchParams(put?.path.split('?')[1]).get('message')).toBe('été & 50%')
  for (const bad of ['a\nb', 'x'.repeat(501), 'a\u202eb']) {
    const refused = await runCli(['apply', changed, ...flags, '--message', bad])
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--message')])
  }
})

test('plan shows the findings of what changes, and counts the rest', async () => {
  const careless = (name: string, repository: string) => ({
    ...{ ...RULE, name, accept: undefined },
    when: { repository, event_name: 'push' },
  })
  const before = { ...DOCUMENT, rules: [careless('old', 'acme/api')] }
  const after = { ...DOCUMENT, rules: [...before.rules, careless('new', 'acme/web')] }
  serve(problem(500), { status: 200, body: before, headers: { etag: '"7"' } })
  const path = write('careless-two.json', JSON.stringify(after))
  const { stderr, exitCode } = await runCli(['plan', path, ...flags])
  expect(exitCode).toBe(4)
  expect(stderr).toMatch(/ (error|warn) LINT-09 in new: /)
  expect(stderr).not.toContain(' in old: ')
  expect(stderr).toMatch(
    /edgemint: \d lint findings? in parts that do not change: npx edgemint lint\n$/,
  )
})
