import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { describeEnd, findStateFault } from '../../../src/cli/operate/state-fault.ts'
import { StateIncomplete } from '../../../src/dev/in-house.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgemint-state-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'state'))
writeFileSync(join(folder, 'file'), '')

const disk = {
  checkWritable: () => {},
  countFreeBytes: () => 2 ** 30,
  countFreeFiles: () => 2 ** 16,
}
function throwing(code: string) {
  return () => {
    throw Object.assign(new Error(code), { code })
  }
}

test('a directory that can be written has no fault, whether or not it exists', () => {
  expect(findStateFault(join(folder, 'state'), disk)).toBeUndefined()
  expect(findStateFault(join(folder, 'none/yet'), disk)).toBeUndefined()
})

const OTHER = 'choose another directory with --state'
test.each([
  ['a full disk', { countFreeBytes: () => 4096 }, 'no space is left on the disk of', /free some/],
  [
    'a disk without inodes',
    { countFreeFiles: () => 0 },
    'no more files fit on the disk of',
    /^the state is kept: delete files .*`df -i`/,
  ],
  [
    'a read-only file system',
    { checkWritable: throwing('EROFS') },
    'is on a read-only file system',
    OTHER,
  ],
  [
    'a directory of another user',
    { checkWritable: throwing('EACCES') },
    'cannot be written by this user',
    OTHER,
  ],
])('%s is named with its directory', (_, change, message, next) => {
  const fault = findStateFault(join(folder, 'state'), { ...disk, ...change })
  expect(fault?.message).toContain(message)
  expect(fault?.message).toContain(join(folder, 'state'))
  expect(fault?.next).toMatch(next)
})

test('a file in the place of the directory or of its parent is named', () => {
  for (const path of ['file', 'file/state']) {
    const message = `${join(folder, 'file')} is not a directory`
    expect(findStateFault(join(folder, path), disk)).toEqual({ message, next: OTHER })
  }
})

test('a fault that no one knows is not guessed', () => {
  const broken = { ...disk, countFreeBytes: throwing('ENOSYS') }
  expect(findStateFault(join(folder, 'state'), broken)).toBeUndefined()
})

test('the end of a gateway says what is wrong with its state', () => {
  const error = new Error('workerd ended')
  const { message, hints } = describeEnd(error, join(folder, 'file'))
  expect(message).toBe(`workerd ended: ${join(folder, 'file')} is not a directory`)
  expect(hints).toEqual([OTHER])
  expect(describeEnd(error, join(folder, 'state')).message).toBe('workerd ended')
})

test('the end of a gateway that lost a database does not say that the state is kept', () => {
  const { message, hints } = describeEnd(new StateIncomplete('a.sqlite was deleted'), folder)
  expect(message).toBe('a.sqlite was deleted')
  expect(hints).toEqual([
    expect.stringMatching(/^restore a backup to a new directory /),
    expect.stringContaining('REPLAY_NOT_BEFORE'),
  ])
})
