/** The note of a restore, and the setting that a gateway gets from it. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { RESTORED_SECONDS } from '../../../src/dev/limits.ts'
import { replayNotBefore, writeRestored } from '../../../src/dev/serve/restored.ts'

const RESTORED_AT = Date.parse('2027-01-31T12:00:00Z') / 1000
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-restored-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let count = 0

function newState(text?: string): string {
  count += 1
  const folder = mkdtempSync(join(scratch, `${count}-`))
  if (text === undefined) writeRestored(folder, { restoredAt: RESTORED_AT })
  else writeFileSync(join(folder, 'restored.json'), text)
  return folder
}

test('a state that was never restored has the setting of its operator, or none', () => {
  const folder = mkdtempSync(join(scratch, 'new-'))
  expect(replayNotBefore(folder, undefined, RESTORED_AT)).toBeUndefined()
  expect(replayNotBefore(folder, '2027-01-01T00:00:00Z', RESTORED_AT)).toBe('2027-01-01T00:00:00Z')
})

test('REP-01 the later of the restore and the setting counts', () => {
  const folder = newState()
  const of = (given?: string) => replayNotBefore(folder, given, RESTORED_AT + 60)
  expect(of()).toBe('2027-01-31T12:00:00Z')
  expect(of('2027-01-31T11:59:59Z')).toBe('2027-01-31T12:00:00Z')
  expect(of('2027-01-31T12:00:01Z')).toBe('2027-01-31T12:00:01Z')
})

test('the restore counts for a week, also if the clock was set back', () => {
  const folder = newState()
  const at = (time: number) => replayNotBefore(folder, undefined, time)
  expect(at(RESTORED_AT + RESTORED_SECONDS)).toBe('2027-01-31T12:00:00Z')
  expect(at(RESTORED_AT + RESTORED_SECONDS + 1)).toBeUndefined()
  expect(at(RESTORED_AT - 3600)).toBe('2027-01-31T12:00:00Z')
})

test.each(['', '{}', '{"restored_at":"now"}', '{"restored_at":0}', '[]', 'null'])(
  'a damaged note stops the start: %j',
  (text) => {
    const folder = newState(text)
    expect(() => replayNotBefore(folder, undefined, RESTORED_AT)).toThrow(
      'restored.json is damaged: restore the backup again',
    )
  },
)

test('a link in place of the note stops the start', () => {
  const folder = mkdtempSync(join(scratch, 'link-'))
  symlinkSync(join(newState(), 'restored.json'), join(folder, 'restored.json'))
  expect(() => replayNotBefore(folder, undefined, RESTORED_AT)).toThrow('is a symbolic link')
})
