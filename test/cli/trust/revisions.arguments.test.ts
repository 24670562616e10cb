/** The revisions and files that commands about the history take. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]

test.each([['trust', 'show'], ['trust', 'diff'], ['rollback']])(
  '%s %s takes every number that a gateway takes',
  async (...words) => {
    gateway.answer(({ path }) => {
      // As a gateway: no number has more than 15 digits.
      if (/=\d{16}/.test(path)) return { status: 400, body: { detail: 'not listed' } }
      if (path.includes('/revisions')) return { status: 200, body: { revisions: [] } }
      if (!path.includes('revision=')) return { status: 200, headers: { etag: '"5"' }, body: {} }
      const problems = [{ code: 'revision_unknown', path: ['revision'], message: 'x' }]
      return { status: 404, body: { detail: 'x', problems } }
    })
    const greatest = '9'.repeat(15)
    expect(await runCli([...words, greatest, ...flags])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`edgemint: there is no revision ${greatest}\n`),
    })
    const asked = gateway.asked.length
    for (const text of ['0', `1${'0'.repeat(15)}`, '1.5', 'x']) {
      const { stderr, exitCode } = await runCli([...words, text, ...flags])
      expect([exitCode, stderr.split('\n')[0]]).toEqual([
        2,
        `edgemint: the revision must be a number from 1 to ${greatest}`,
      ])
    }
    expect(gateway.asked).toHaveLength(asked)
  },
)

const loop = join(write('file', ''), '../loop.yaml')
symlinkSync(loop, loop)

test.each([
  [loop, 'its path has a loop of symbolic links'],
  [`${write('file', '')}/x`, 'a part of its path is not a directory'],
  [`${'x'.repeat(300)}.yaml`, 'its name is too long'],
  ['/nonexistent/trust.yaml', 'no such file'],
  ['/tmp', 'it is a directory'],
  ['/dev/null', 'it is no regular file'],
])('trust blame says why it cannot read %s', async (path, why) => {
  gateway.answer(() => ({ status: 500 }))
  const { stderr, exitCode } = await runCli(['trust', 'blame', path, ...flags])
  expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `edgemint: cannot read ${path}: ${why}`])
  expect(gateway.asked).toEqual([])
})
