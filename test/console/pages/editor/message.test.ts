/** The message of a revision has the reason for findings that are not resolved. */
import { describe, expect, it } from 'vitest'
import { composeMessage } from '../../../../src/console/pages/editor/message.ts'
import { revisionMessageSchema } from '../../../../src/contract/text.ts'

const FORM = { message: 'only main deploys', findings: [], isConfirmed: false, reason: '' }
const FINDINGS = ['LINT-28', 'LINT-36', 'LINT-28']

describe('the message', () => {
  it('is one line that the gateway accepts', () => {
    const composed = composeMessage({ ...FORM, message: ' only\n main\u0000 deploys ' })
    expect(composed).toEqual({ ok: true, message: 'only main deploys' })
  })

  it('names each unresolved finding once, with the reason', () => {
    const composed = composeMessage({
      ...{ ...FORM, findings: FINDINGS, isConfirmed: true, reason: 'the runner is ours' },
    })
    const message = 'only main deploys [despite LINT-28, LINT-36: the runner is ours]'
    expect(composed).toEqual({ ok: true, message })
    expect(revisionMessageSchema.safeParse(message).success).toBe(true)
  })

  it.each([
    ['no message', { message: ' ' }, 'message'],
    ['findings that are not confirmed', { findings: FINDINGS, reason: 'why' }, 'reason'],
    ['findings without a reason', { findings: FINDINGS, isConfirmed: true }, 'reason'],
    ['a message that is too long', { message: 'x'.repeat(501) }, 'message'],
    [
      'a message that is too long with its reason',
      { message: 'x'.repeat(480), findings: FINDINGS, isConfirmed: true, reason: 'why' },
      'message',
    ],
  ])('is refused: %s', (_, change, field) => {
    expect(composeMessage({ ...FORM, ...change })).toMatchObject({ ok: false, field })
  })
})
