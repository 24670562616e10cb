import { expect, test } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()

test('claims on the command line are refused, with the way to send them and without them', async () => {
  const trust = write(
    'trust.yaml',
    'version: 1\nissuers: { github: { provider: github-actions } }\n',
  )
  const claims = '{"actor":"somebody"}'
  const flags = ['--trust', trust, '--issuer', 'github', '--claims', claims]
  const { stderr, exitCode } = await runCli([
    'explain',
    ...flags,
    '--resource',
    'https://a.example.com/v1',
  ])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(
    'claims are read from a file: write them into one, or send them to stdin',
  )
  expect(stderr).not.toContain('somebody')
})
