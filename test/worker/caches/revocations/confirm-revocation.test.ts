/** Questions to the log about tokens of the published set. */
import { describe, expect, it } from 'vitest'
import { createConfirmations } from '../../../../src/worker/caches/revocations/confirm-revocation.ts'
import {
  MAX_CONFIRMED_REVOCATIONS,
  REVOCATION_CONFIRMATIONS,
} from '../../../../src/worker/limits.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newWorld } from '../../support/revocation-world.ts'

function newLog(answer: () => boolean | Promise<boolean> = () => true) {
  const asked: string[] = []
  const newConfirm = createConfirmations(async ({ jti }) => {
    asked.push(jti)
    return answer()
  })
  return { asked, newConfirm }
}

describe('the confirmation of a revoked token', () => {
  it('is asked once, also after the next snapshot', async () => {
    const { asked, newConfirm } = newLog()
    expect(await newConfirm()(revocable('one'))).toBe(true)
    expect(newConfirm()(revocable('one'))).toBe(true)
    expect(asked).toEqual(['one'])
  })

  it('accepts a token that only shares its prefix, and asks again after the next snapshot', async () => {
    const { asked, newConfirm } = newLog(() => false)
    const confirm = newConfirm()
    expect(await confirm(revocable('one'))).toBe(false)
    expect(confirm(revocable('one'))).toBe(false)
    expect(await newConfirm()(revocable('one'))).toBe(false)
    expect(asked).toHaveLength(2)
  })

  it('refuses without asking after a number of questions, until the next snapshot', async () => {
    const { asked, newConfirm } = newLog(() => false)
    const confirm = newConfirm()
    for (let index = 0; index < REVOCATION_CONFIRMATIONS; index += 1) {
      expect(await confirm(revocable(`jti-${index}`))).toBe(false)
    }
    expect(confirm(revocable('next'))).toBe(true)
    expect(asked).toHaveLength(REVOCATION_CONFIRMATIONS)
    expect(await newConfirm()(revocable('next'))).toBe(false)
  })

  it('REV-02 refuses if the log is down, and asks it once', async () => {
    const { asked, newConfirm } = newLog(() => Promise.reject(new Error('down')))
    const confirm = newConfirm()
    expect(await confirm(revocable('one'))).toBe(true)
    expect(confirm(revocable('two'))).toBe(true)
    expect(asked).toEqual(['one'])
    expect(await newConfirm()(revocable('one'))).toBe(true)
    expect(asked).toEqual(['one', 'one'])
  })

  it('is remembered for a limited number of tokens', async () => {
    const { asked, newConfirm } = newLog()
    for (let index = 0; index <= MAX_CONFIRMED_REVOCATIONS; index += 1) {
      await newConfirm()(revocable(`jti-${index}`))
    }
    await newConfirm()(revocable('jti-1'))
    expect(asked).toHaveLength(MAX_CONFIRMED_REVOCATIONS + 1)
    await newConfirm()(revocable('jti-0'))
    expect(asked).toHaveLength(MAX_CONFIRMED_REVOCATIONS + 2)
  })
})

describe('an isolate with a published set', () => {
  it('asks the log about a revoked token once, and never about another', async () => {
    const world = newWorld()
    await world.fill(3)
    await world.publish()
    const { isRevoked } = await world.newReader().load(world.now())
    for (const _ of [1, 2]) expect(await isRevoked(revocable('jti-0'))).toBe(true)
    for (const _ of [1, 2]) expect(isRevoked(revocable('jti-3'))).toBe(false)
    expect(world.counts.questions).toBe(1)
  })

  it('refuses its revoked tokens while the log is down', async () => {
    const world = newWorld()
    await world.fill(3)
    await world.publish()
    world.broken.log = true
    const { isRevoked } = await world.newReader().load(world.now())
    expect(await isRevoked(revocable('jti-0'))).toBe(true)
    expect(isRevoked(revocable('jti-3'))).toBe(false)
  })
})
