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

test('messages name stdin, and not the dash that stands for it', async () => {
  const trust = write(
    'of-stdin.yaml',
    'version: 1\nissuers: { github: { provider: github-actions } }\n',
  )
  const explain = [
    'explain',
    '--trust',
    trust,
    '--issuer',
    'github',
    '--resource',
    'https://a.example.com',
  ]
  const stderrOf = async (args: readonly string[], stdin: string) =>
    (await runCli(args, { stdin })).stderr
  expect(await stderrOf([...explain, '--claims', '-'], 'claims')).toContain(
    'edgemint: stdin is not a JSON',
  )
  expect(await stderrOf([...explain, '--token-file', '-'], 'abc')).toContain(
    'edgemint: stdin contains no JWT',
  )
  const found = await stderrOf(['validate', '-'], 'version: 2\n')
  expect(found).toContain('edgemint: stdin is refused')
  expect(found).toMatch(/^stdin:1:\d+: version/m)
})
