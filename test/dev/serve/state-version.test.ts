import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  checkStateVersion,
  StateTooNew,
  writeStateVersion,
} from '../../../src/dev/serve/state-version.ts'
import { STORED_TABLES } from '../../../src/dev/serve/stored-tables.ts'
import { RELEASE } from '../../../src/protocol/release.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-version-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let count = 0
function newState(version?: unknown, hasObjects = true): string {
  count += 1
  const path = join(scratch, String(count))
  mkdirSync(join(path, 'objects', ...(hasObjects ? ['edgemint-TrustStore'] : [])), {
    recursive: true,
  })
  if (version !== undefined) {
    writeFileSync(
      join(path, 'state-version.json'),
      typeof version === 'string' ? version : JSON.stringify(version),
    )
  }
  return path
}

const older = { ...STORED_TABLES, TrustStore: STORED_TABLES.TrustStore - 1 }
const { StatusLists: _, ...withoutClass } = STORED_TABLES

describe('the version of a state directory', () => {
  it.each([true, false])('is written, and then the same: one ledger %s', (hasSingleLedger) => {
    const state = newState()
    writeStateVersion(state, { hasSingleLedger })
    expect(checkStateVersion(state)).toEqual({ kind: 'same', release: RELEASE, hasSingleLedger })
  })

  it.each([
    ['no directory', join(scratch, 'none'), { kind: 'empty', hasSingleLedger: true }],
    ['no objects', newState(undefined, false), { kind: 'empty', hasSingleLedger: true }],
    ['a release before there was a version', newState(), { kind: 'older', hasSingleLedger: false }],
    [
      'a release before there was one ledger',
      newState({ release: '0.2.0', tables: STORED_TABLES }),
      { kind: 'same', release: '0.2.0', hasSingleLedger: false },
    ],
    [
      'fewer migrations',
      newState({ release: '0.2.0', tables: older }),
      { kind: 'older', release: '0.2.0', hasSingleLedger: false },
    ],
    [
      'a class less',
      newState({ release: '0.2.0', tables: withoutClass }),
      { kind: 'older', release: '0.2.0', hasSingleLedger: false },
    ],
  ])('is read: %s', (_case, state, version) => {
    expect(checkStateVersion(state)).toEqual(version)
  })

  it.each([
    ['a migration more', { ...STORED_TABLES, TrustStore: STORED_TABLES.TrustStore + 1 }],
    ['a class more', { ...STORED_TABLES, Unheard: 1 }],
    ['a class with a name that every object has', { ...STORED_TABLES, constructor: 1 }],
  ])('WRK-09 of a newer release is refused, and nothing is changed: %s', (_case, tables) => {
    const state = newState({ release: '9.1.0', tables })
    const before = readFileSync(join(state, 'state-version.json'), 'utf8')
    expect(() => checkStateVersion(state)).toThrow(StateTooNew)
    expect(() => checkStateVersion(state)).toThrow(
      `${state} was written by edgemint 9.1.0, and this is ${RELEASE}, which cannot read it: install 9.1.0 again, or restore a backup that ${RELEASE} made`,
    )
    expect(readdirSync(state).sort()).toEqual(['objects', 'state-version.json'])
    expect(readFileSync(join(state, 'state-version.json'), 'utf8')).toBe(before)
  })

  it.each([
    '',
    'x',
    '[]',
    '{"release":"1.0.0"}',
    '{"release":"1.0\\u001b[31m","tables":{}}',
    '{"release":"1.0.0","tables":{"TrustStore":"9"}}',
    '{"release":"1.0.0","tables":{},"singleLedger":"false"}',
  ])('that is damaged is refused: %j', (text) => {
    expect(() => checkStateVersion(newState(text))).toThrow(/is damaged: restore it from a backup$/)
  })
})
