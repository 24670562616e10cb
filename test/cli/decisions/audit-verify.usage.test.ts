/** Command lines of `edgemint audit verify` that it refuses. */
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/run.ts'

describe('edgemint audit verify', () => {
  it.each<[string, readonly string[], number, string]>([
    ['no file', ['/nonexistent/x.ndjson'], 2, 'cannot read /nonexistent/x.ndjson: no such file'],
    ['a folder', ['/tmp'], 2, 'cannot read /tmp: it is a folder'],
    [
      'keys over plain HTTP',
      ['x', '--keys', 'http://sts.example.com/k'],
      2,
      'must be an https URL',
    ],
    ['no keys in stdin', ['x', '--keys', '-'], 2, 'stdin is not a key set with a usable key'],
    ['no checkpoint in stdin', ['x', '--checkpoint', '-'], 2, 'stdin has no checkpoint'],
    ['an empty export in stdin', ['-'], 1, 'stdin:1: is missing: the file is empty'],
    ['no argument', [], 2, 'needs an export'],
    [
      'an issuer that is no URL',
      ['x', '--issuer', 'foo'],
      2,
      '--issuer must be the URL of a gateway',
    ],
    [
      'an issuer with a query',
      ['x', '--issuer', 'https://a.dev/?a'],
      2,
      '--issuer must have no query',
    ],
  ])('ends with the right exit code for %s', async (_, args, code, sentence) => {
    const { stderr, exitCode } = await runCli(['audit', 'verify', ...args])
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(sentence)])
  })
})
