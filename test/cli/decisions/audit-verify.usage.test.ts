/** Command lines of `edgemint audit verify` that it refuses. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()
const TRUST = 'version: 1\nissuers:\n  github: { provider: github-actions }\n'

describe('edgemint audit verify', () => {
  it.each<[string, readonly string[], number, string]>([
    ['no file', ['/nonexistent/x.ndjson'], 2, 'cannot read /nonexistent/x.ndjson: no such file'],
    ['a folder', ['/tmp'], 2, 'cannot read /tmp: it is a directory'],
    [
      'keys over plain HTTP',
      ['x', '--keys', 'http://sts.example.com/k'],
      2,
      'must be an https URL',
    ],
    ['no keys in stdin', ['x', '--keys', '-'], 2, 'stdin is not a key set with a usable key'],
    ['no checkpoint in stdin', ['x', '--checkpoint', '-'], 2, 'stdin has no checkpoint'],
    ['an empty export in stdin', ['-'], 1, 'stdin:1: is missing: the file is empty'],
    ['no argument', [], 2, 'an argument is missing: an export'],
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

  it.each<[string, string | Uint8Array, string]>([
    [
      'an export of a gateway',
      '#{"edgemint_export":1}\n',
      'export of a whole gateway: verify its parts decisions/0 and on, each in a file of its own',
    ],
    [
      'revocations',
      '#{"edgemint_revocations":1}\n',
      'read it with: npx edgemint revocations import',
    ],
    ['a manifest', '{\n  "edgemint_backup": 1\n}\n', 'npx edgemint restore reads its directory'],
    [
      'a posture report',
      '{"revision":1,"findings":[]}',
      'is a posture report of npx edgemint posture',
    ],
    ['a SARIF file', '{"$schema":"x","runs":[]}', 'is a SARIF file'],
    ['a trust document', TRUST, 'is a trust document: check it with npx edgemint validate'],
    ['a compressed trust document', gzipSync(TRUST), 'is a trust document'],
    ['a key set', '{"keys":[]}', 'is a key set: give it to --keys'],
    ['text', 'hello', ':1: is not the header of an export of version 1\n'],
    [
      'compressed text',
      gzipSync('hello'),
      'is compressed text of another kind: its first line is not the header of an export of version 1',
    ],
    [
      'a compressed tar archive',
      gzipSync(`exports/a.jsonl${'\0'.repeat(242)}ustar\n`),
      'is a tar archive: unpack it, and verify the exports in it',
    ],
  ])('names another kind of file: %s', async (_, text, sentence) => {
    const { stderr, exitCode } = await runCli(['audit', 'verify', write('other.file', text)])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(sentence)])
  })
})
