import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text\n')]

async function exportRows(rows: readonly unknown[]): Promise<string> {
  gateway.answer(() => ({ status: 200, body: { v: 1, rows } }))
  return (await runCli(['revocations', 'export', ...flags])).stdout
}

/** Returns the exit code, stderr, and the rows that the gateway got. */
async function importText(text: string | Uint8Array) {
  const asked = gateway.asked.length
  gateway.answer(() => ({ status: 200, body: { stored: 1, unknown: 0 } }))
  const file = write('revocations.ndjson', text)
  const { exitCode, stderr } = await runCli(['revocations', 'import', file, ...flags])
  const sent = gateway.asked.slice(asked).flatMap(({ body }) => JSON.parse(body).rows as unknown[])
  return { exitCode, stderr: stderr.replaceAll(file, 'FILE'), sent }
}

const text = await exportRows([{ id: 'a' }, { id: 'b' }])
const lines = text.split('\n').slice(0, -1)
const join = (some: readonly string[]) => some.map((line) => `${line}\n`).join('')
const [header = '', first = '', second = '', end = ''] = lines

test('imports a whole file without a further word', async () => {
  expect(await importText(text)).toEqual({
    exitCode: 0,
    stderr: 'edgemint: 2 revocations were read; 1 was new to the gateway\n',
    sent: [{ id: 'a' }, { id: 'b' }],
  })
})

test.each([
  [4_102_444_800, '2100-01-01T00:00:00Z'],
  [Number.MAX_SAFE_INTEGER, 'beyond any date'],
])('says that a revocation has its moment in the future: %d', async (moment, shown) => {
  const rows = [{ issued_before: 1 }, { issued_before: moment }, { issued_before: null }]
  const { exitCode, stderr, sent } = await importText(await exportRows(rows))
  expect([exitCode, sent]).toEqual([0, rows])
  expect(stderr).toContain(`edgemint: a revocation has its moment in the future, ${shown}: `)
})

test('does not say it of a moment that has passed', async () => {
  const { stderr } = await importText(await exportRows([{ issued_before: 1_700_000_000 }]))
  expect(stderr).not.toContain('future')
})

test('imports the export of a gateway without revocations', async () => {
  const { exitCode, stderr } = await importText(await exportRows([]))
  expect([exitCode, stderr]).toEqual([
    0,
    'edgemint: 0 revocations were read; 0 were new to the gateway\n',
  ])
})

const CUT = 'FILE is cut off: its last line is not the end of an export'
const CHANGED = 'FILE is damaged: a line of it was changed'

test.each([
  ['cut after the header', join([header]), CUT],
  ['cut after a row', join([header, first]), CUT],
  ['cut before the end', join([header, first, second]), CUT],
  ['cut in the end', text.slice(0, -20), CUT],
  ['cut before the last line feed', text.slice(0, -1), CUT],
  ['cut in a row', `${header}\n${first.slice(0, 4)}`, CUT],
  ['cut in the header', header.slice(0, 9), 'FILE is damaged or cut off in its first line'],
  ['with null as its header', '#null\n', 'FILE is damaged or cut off in its first line'],
  [
    'without a row',
    join([header, first, end]),
    'the number of revocations in FILE is 1, and its last line says 2',
  ],
  ['with a changed row', text.replace('"b"', '"c"'), CHANGED],
  ['with rows in another order', join([header, second, first, end]), CHANGED],
])('refuses a file %s, and says what to do', async (_, damaged, message) => {
  expect(await importText(damaged)).toEqual({
    exitCode: 1,
    stderr:
      `edgemint: refused: ${message}; nothing was imported\n` +
      'edgemint: hint: use another copy of the file, or export again: npx edgemint revocations export\n',
    sent: [],
  })
})

test('refuses a file whose first line is missing', async () => {
  const { exitCode, stderr, sent } = await importText(join([first, second, end]))
  expect([exitCode, sent]).toEqual([2, []])
  expect(stderr).toContain('line 3 of FILE is not JSON: nothing was imported')
})

test.each([
  [
    'of a newer release',
    '#{"edgemint_revocations":2,"release":"99.0.0"}\n',
    'FILE is from release 99.0.0',
    'use the release that made it',
  ],
  [
    'of the decision log',
    '{"type":"edgemint-decisions","v":1}\n',
    'FILE is an export of the decision log, which no gateway imports',
    'npx edgemint audit verify reads it',
  ],
  [
    'of a whole gateway',
    '#{"edgemint_export":1}\n',
    'FILE is an export of a whole gateway',
    'npx edgemint import',
  ],
])('refuses an export %s', async (_, other, message, hint) => {
  const { exitCode, stderr, sent } = await importText(other)
  expect([exitCode, sent]).toEqual([1, []])
  expect(stderr).toContain(message)
  expect(stderr).toContain(hint)
})

const FIRST = 'the first line of FILE'
const OTHER = 'another program changed the file'

test.each([
  ['compressed', gzipSync(text), 'FILE is compressed', 'decompress it first'],
  ['with a byte order mark', `\ufeff${text}`, `${FIRST} begins with a byte order mark: ${OTHER}`],
  ['in UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), `${FIRST} is UTF-16 text: ${OTHER}`],
  ['with CR LF', text.replaceAll('\n', '\r\n'), `${FIRST} ends with CR LF: ${OTHER}`],
])('says what another program did to a file %s', async (...[, changed, message, hint]) => {
  expect(await importText(changed)).toEqual({
    exitCode: 1,
    stderr:
      `edgemint: refused: ${message}; nothing was imported\n` +
      `edgemint: hint: ${hint ?? 'use a copy as it was exported'}\n`,
    sent: [],
  })
})

test('imports lines of an earlier release that end with CR LF', async () => {
  const { sent } = await importText(join([first, second]).replaceAll('\n', '\r\n'))
  expect(sent).toEqual([{ id: 'a' }, { id: 'b' }])
})

test('imports a file of an earlier release, and says what could not be checked', async () => {
  expect(await importText(join([first, second]))).toEqual({
    exitCode: 0,
    stderr:
      'edgemint: 2 revocations were read; 1 was new to the gateway\n' +
      'edgemint: whether the file is whole could not be checked: it has no header and no end, as exports of earlier releases\n',
    sent: [{ id: 'a' }, { id: 'b' }],
  })
})

test('names the line of the file that the gateway refuses', async () => {
  const rows = Array.from({ length: 5002 }, (_, id) => ({ id }))
  const file = write('refused.ndjson', await exportRows(rows))
  const refused = [
    { code: 'value_invalid', path: ['rows', 1, 'grain'], message: 'must be of type string' },
    { code: 'value_invalid', path: ['rows', 0], message: 'must be of type object' },
  ]
  gateway.answer(({ body }) =>
    body.includes('5001')
      ? {
          status: 400,
          body: {
            detail: 'nothing was imported: rows.1.grain must be of type string',
            problems: refused,
          },
        }
      : { status: 200, body: { stored: 5000 } },
  )
  const { exitCode, stderr } = await runCli(['revocations', 'import', file, ...flags])
  expect([exitCode, stderr]).toEqual([
    1,
    'edgemint: the revocations of the first 5001 lines are stored, and no later one\n' +
      'edgemint: refused: the import ended early: grain of line 5003 must be of type string (400)\n' +
      'edgemint: hint: line 5002 must be of type object\n' +
      'edgemint: hint: the import can be repeated: it adds only what the gateway does not have\n',
  ])
})

test('writes no command of a runner and no control character, and imports the same values', async () => {
  const row = { id: 'a', reason: '##[error]x ##vso[task.complete]y \u009b2J \u202e\u2028' }
  const written = await exportRows([row])
  expect(written).toMatch(/^(?:[\x20-\x7e]+\n)+$/)
  expect(written).not.toMatch(/##\w*\[/)
  expect((await importText(written)).sent).toEqual([row])
})
